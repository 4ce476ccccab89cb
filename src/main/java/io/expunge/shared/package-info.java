/** Problems, pages, ids, idempotency keys and the clock; what every feature needs and no feature owns. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.expunge.shared;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
