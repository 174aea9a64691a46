/**
 * The other side of the filter: an introspection endpoint (RFC 7662) as a servlet, and the small
 * OAuth 2.1 authorization server around it.
 *
 * <p>Start at {@link dev.gatehouse.authorizationserver.AuthorizationServer}. To keep tokens or
 * clients somewhere else, implement {@link dev.gatehouse.authorizationserver.TokenStore} or {@link
 * dev.gatehouse.authorizationserver.ClientRegistry}.
 */
@NullMarked
package dev.gatehouse.authorizationserver;

import org.jspecify.annotations.NullMarked;
