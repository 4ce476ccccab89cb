/** The request to forget: scope, legal deadline and state. */
@ApplicationModule(allowedDependencies = {"catalog", "audit", "keys", "shared", "api"})
@NullMarked
package io.expunge.erasure;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
