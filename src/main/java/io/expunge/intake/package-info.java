/** Adapters for the protocols of compliance tools, over the same requests to forget as the API. */
@ApplicationModule(allowedDependencies = {"notify", "erasure", "access", "audit", "shared", "api"})
@NullMarked
package io.expunge.intake;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
