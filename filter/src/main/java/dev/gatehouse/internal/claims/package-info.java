/**
 * Reads claims, strictly: those of introspection responses and of JWTs have the same form.
 *
 * <p>Must not depend on where the claims come from, nor decide whether they are good enough.
 */
@NullMarked
package dev.gatehouse.internal.claims;

import org.jspecify.annotations.NullMarked;
