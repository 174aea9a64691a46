/**
 * The keys with which the server signs access tokens and introspection responses, and their
 * rotation.
 *
 * <p>May use {@code settings} and {@code store}. Must not know an endpoint or Servlet.
 */
@NullMarked
package dev.gatehouse.authorizationserver.internal.keys;

import org.jspecify.annotations.NullMarked;
