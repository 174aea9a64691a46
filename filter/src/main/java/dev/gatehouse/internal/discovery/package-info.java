/**
 * Finds the endpoints of an authorization server in its metadata (RFC 8414, OpenID Connect
 * Discovery), and turns failed exchanges into results.
 *
 * <p>Must not depend on client authentication or on introspection.
 */
@NullMarked
package dev.gatehouse.internal.discovery;

import org.jspecify.annotations.NullMarked;
