/** The main job from end to end on made-up customers, through the public HTTP API and, for the last question, what it exports. */
@ApplicationModule(allowedDependencies = {"engine"})
@NullMarked
package io.expunge.demo;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
