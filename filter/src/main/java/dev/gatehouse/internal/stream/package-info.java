/**
 * Ends event streams when their tokens end: at their expiry, on eviction, and when they turn out
 * inactive.
 *
 * <p>Must not depend on what is streamed.
 */
@NullMarked
package dev.gatehouse.internal.stream;

import org.jspecify.annotations.NullMarked;
