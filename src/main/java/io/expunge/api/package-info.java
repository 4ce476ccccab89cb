/** Generated from openapi.yaml at build time; only this file is written by hand. */
@ApplicationModule(allowedDependencies = {"engine", "method"})
package io.expunge.api;

import org.springframework.modulith.ApplicationModule;
