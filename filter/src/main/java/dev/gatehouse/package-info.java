/**
 * Protects MCP servers on any servlet container with OAuth 2.1 access tokens.
 *
 * <p>Start with {@link dev.gatehouse.McpAuthFilter}, configure it with {@link
 * dev.gatehouse.Settings}, and read the caller from {@link dev.gatehouse.AuthInfo}.
 */
@NullMarked
package dev.gatehouse;

import org.jspecify.annotations.NullMarked;
