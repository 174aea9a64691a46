/**
 * The token endpoint (RFC 6749 §3.2) with one flow for each grant type, and revocation (RFC 7009).
 *
 * <p>May use {@code client}, {@code endpoint}, {@code keys}, {@code settings} and {@code store}.
 * Must not know {@code introspection} or {@code login}.
 */
@NullMarked
package dev.gatehouse.authorizationserver.internal.token;

import org.jspecify.annotations.NullMarked;
