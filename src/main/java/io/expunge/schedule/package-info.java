/** Standing orders: what is to be forgotten again and again, at times that a person fixed. */
@ApplicationModule(allowedDependencies = {"evidence", "run", "erasure", "catalog", "method", "audit", "shared", "api"})
@NullMarked
package io.expunge.schedule;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
