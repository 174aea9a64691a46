/**
 * What the filter costs, beside the floor, Spring Security, a naive filter and no filter at all.
 *
 * <p>Start at {@link dev.gatehouse.bench.Main}; what is measured and how stands in the README
 * beside the sources.
 */
@NullMarked
package dev.gatehouse.bench;

import org.jspecify.annotations.NullMarked;
