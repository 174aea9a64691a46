/** What is built here, held against what others have built. */
@NullMarked
package dev.gatehouse.it;

import org.jspecify.annotations.NullMarked;
