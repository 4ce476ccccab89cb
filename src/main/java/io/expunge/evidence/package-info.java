/** Measures a candidate, judges it against thresholds fixed beforehand, and publishes it on approval. */
@ApplicationModule(
        allowedDependencies = {"run", "erasure", "catalog", "metric", "engine", "method", "audit", "shared", "api"})
@NullMarked
package io.expunge.evidence;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
