/**
 * Client authentication (RFC 6749 §2.3), registration (RFC 7591) and client ID metadata documents.
 *
 * <p>May use {@code endpoint}, {@code settings} and {@code store}. Must not know token or login.
 */
@NullMarked
package dev.gatehouse.authorizationserver.internal.client;

import org.jspecify.annotations.NullMarked;
