/**
 * An introspection endpoint (RFC 7662) as a servlet, and a small OAuth 2.1 authorization server
 * that contains it.
 *
 * <p>Start at {@link dev.gatehouse.authorizationserver.AuthorizationServer}. To store tokens or
 * clients elsewhere, implement the interfaces of {@link dev.gatehouse.authorizationserver.store}.
 * This package assembles all others, so no other package may depend on it.
 */
@NullMarked
package dev.gatehouse.authorizationserver;

import org.jspecify.annotations.NullMarked;
