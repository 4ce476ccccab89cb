/** The append-only record of who did what, chained so that an edit shows. */
@ApplicationModule(allowedDependencies = {"shared", "api"})
@NullMarked
package io.expunge.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
