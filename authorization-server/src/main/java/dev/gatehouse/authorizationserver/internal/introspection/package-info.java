/**
 * The introspection endpoint (RFC 7662): who may introspect, and what a caller is told of a token.
 *
 * <p>May use {@code client}, {@code endpoint}, {@code keys}, {@code settings} and {@code store}.
 * Must not know {@code token} or {@code login}.
 */
@NullMarked
package dev.gatehouse.authorizationserver.internal.introspection;

import org.jspecify.annotations.NullMarked;
