/**
 * Binds MCP sessions to the callers that they were issued to.
 *
 * <p>Must not depend on MCP messages: it reads headers only.
 */
@NullMarked
package dev.gatehouse.internal.session;

import org.jspecify.annotations.NullMarked;
