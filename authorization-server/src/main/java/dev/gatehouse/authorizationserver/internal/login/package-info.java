/**
 * The authorization endpoint (RFC 6749 §3.1) with its log-in and consent pages.
 *
 * <p>May use {@code token}, {@code client}, {@code endpoint}, {@code settings} and {@code store}.
 * Must not know {@code introspection}.
 */
@NullMarked
package dev.gatehouse.authorizationserver.internal.login;

import org.jspecify.annotations.NullMarked;
