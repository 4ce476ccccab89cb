/** News for other systems: outgoing webhooks. */
@ApplicationModule(allowedDependencies = {"run", "audit", "keys", "shared", "api"})
@NullMarked
package io.expunge.notify;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
