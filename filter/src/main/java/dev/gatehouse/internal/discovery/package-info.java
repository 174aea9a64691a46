/**
 * Finds the endpoints of an authorization server in its metadata (RFC 8414, OpenID Connect
 * Discovery), and turns failed exchanges into results.
 *
 * <p>Must not depend on how we authenticate or what we request there.
 */
@NullMarked
package dev.gatehouse.internal.discovery;

import org.jspecify.annotations.NullMarked;
