/**
 * Value types that all packages share: tokens, claims, results, reasons, refusals.
 *
 * <p>Must not depend on any other package.
 */
@NullMarked
package dev.gatehouse.internal.token;

import org.jspecify.annotations.NullMarked;
