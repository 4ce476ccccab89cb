/** Forgetting, utility, membership inference and distance to a retrained model. */
@NullMarked
package io.expunge.metric;

import org.jspecify.annotations.NullMarked;
