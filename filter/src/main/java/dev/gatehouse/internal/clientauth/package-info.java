/**
 * Authenticates this resource server at an authorization server: by secret, assertion, certificate
 * or bearer token (RFC 7662 §2.1), and by what operators add to introspection requests.
 *
 * <p>Must not depend on introspection or settings.
 */
@NullMarked
package dev.gatehouse.internal.clientauth;

import org.jspecify.annotations.NullMarked;
