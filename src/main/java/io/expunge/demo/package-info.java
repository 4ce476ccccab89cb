/** The main job from end to end on made-up customers, through nothing but the public HTTP API. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.expunge.demo;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
