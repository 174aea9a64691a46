/**
 * Strict syntax: JSON (RFC 8259), the compact form of JWS (RFC 7515), URIs, scope lists.
 *
 * <p>Must not depend on any other package.
 */
@NullMarked
package dev.gatehouse.internal.syntax;

import org.jspecify.annotations.NullMarked;
