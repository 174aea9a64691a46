/**
 * Benchmarks of the filter, compared with no filter, Spring Security, a naive filter and the
 * minimum.
 *
 * <p>{@link dev.gatehouse.bench.Main} is the entry point. The README of this module describes what
 * is measured and how.
 */
@NullMarked
package dev.gatehouse.bench;

import org.jspecify.annotations.NullMarked;
