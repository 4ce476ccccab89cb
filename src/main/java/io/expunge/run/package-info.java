/** The queue and the workers: applies a method to a version, with progress, cancel and resume. */
@ApplicationModule(
        allowedDependencies = {"erasure", "catalog", "method", "influence", "engine", "audit", "shared", "api"})
@NullMarked
package io.expunge.run;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
