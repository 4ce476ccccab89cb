/** Networks, examples, weights, gradients and device memory. Knows nothing of Spring, JPA or HTTP. */
@NullMarked
package io.expunge.engine;

import org.jspecify.annotations.NullMarked;
