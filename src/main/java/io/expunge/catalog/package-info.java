/** Data sets, the subject index, models, versions and their artifacts. */
@ApplicationModule(allowedDependencies = {"engine", "audit", "keys", "shared", "api"})
@NullMarked
package io.expunge.catalog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
