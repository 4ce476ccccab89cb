/** Commands that reproduce a published table or measure a speed, from the pure modules alone. */
@NullMarked
package io.expunge.lab;

import org.jspecify.annotations.NullMarked;
