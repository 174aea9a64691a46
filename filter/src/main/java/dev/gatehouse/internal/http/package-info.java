/**
 * Sends one HTTP request within a deadline, over pooled connections, directly or through a forward
 * proxy, with bounded responses and without redirects.
 *
 * <p>Must not depend on tokens or on the purpose of an exchange.
 */
@NullMarked
package dev.gatehouse.internal.http;

import org.jspecify.annotations.NullMarked;
