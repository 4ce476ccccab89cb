/** Keys at rest, their rotation, and what is encrypted under them. Destroying a key destroys whatever was under it. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.expunge.keys;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
