/** The composition root: the commands, the process's roles and the embedded database. */
@NullMarked
package io.expunge;

import org.jspecify.annotations.NullMarked;
