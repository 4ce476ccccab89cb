/** Controllers, API keys, roles and the security filter chains. */
@ApplicationModule(allowedDependencies = {"audit", "keys", "shared", "api"})
@NullMarked
package io.expunge.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
