/**
 * Lets many threads share one computation.
 *
 * <p>Must not depend on any other package.
 */
@NullMarked
package dev.gatehouse.internal.concurrent;

import org.jspecify.annotations.NullMarked;
