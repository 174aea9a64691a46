/**
 * Verifies JWTs with the keys of one authorization server: access tokens (RFC 9068) and signed
 * introspection responses (RFC 9701).
 *
 * <p>Must not depend on {@code verify}, which decides what to verify, nor on {@code introspection}.
 */
@NullMarked
package dev.gatehouse.internal.jwt;

import org.jspecify.annotations.NullMarked;
