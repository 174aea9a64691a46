/**
 * Values that are read from files and replaced when the files change.
 *
 * <p>Must not depend on any other package.
 */
@NullMarked
package dev.gatehouse.internal.reload;

import org.jspecify.annotations.NullMarked;
