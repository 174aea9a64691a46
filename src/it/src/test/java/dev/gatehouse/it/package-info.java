/** Tests with a real browser and of the heap of a separate process. */
@NullMarked
package dev.gatehouse.it;

import org.jspecify.annotations.NullMarked;
