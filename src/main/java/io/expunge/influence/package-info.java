/** Which training records a model's outputs come from, and what they would be without some. */
@NullMarked
package io.expunge.influence;

import org.jspecify.annotations.NullMarked;
