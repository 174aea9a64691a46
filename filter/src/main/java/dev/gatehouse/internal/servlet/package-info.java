/**
 * Reads servlet requests, wraps responses, and checks mappings and origins.
 *
 * <p>Must not depend on how a token is verified or refused.
 */
@NullMarked
package dev.gatehouse.internal.servlet;

import org.jspecify.annotations.NullMarked;
