/**
 * What all endpoints share: bounded request bodies, forms, responses and URLs; and the endpoints
 * that need no client: metadata (RFC 8414), keys and 404.
 *
 * <p>May use {@code keys}, {@code settings} and {@code store}. Must not know clients, tokens or
 * pages.
 */
@NullMarked
package dev.gatehouse.authorizationserver.internal.endpoint;

import org.jspecify.annotations.NullMarked;
