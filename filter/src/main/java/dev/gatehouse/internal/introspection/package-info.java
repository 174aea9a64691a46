/**
 * Sends introspection requests to one authorization server (RFC 7662) and knows whether that server
 * is available: circuit breakers, probes, responsiveness.
 *
 * <p>Must not depend on {@code verify}: whether to introspect at all is decided there.
 */
@NullMarked
package dev.gatehouse.internal.introspection;

import org.jspecify.annotations.NullMarked;
