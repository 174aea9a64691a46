/**
 * Sends one HTTP request within a deadline, over pooled connections, with bounded responses and
 * without redirects.
 *
 * <p>Must not know tokens or what an exchange is for.
 */
@NullMarked
package dev.gatehouse.internal.http;

import org.jspecify.annotations.NullMarked;
