/**
 * Makes an MCP server on any servlet container an OAuth 2.1 protected resource.
 *
 * <p>Start at {@link dev.gatehouse.McpAuthFilter}; configure it with {@link
 * dev.gatehouse.Settings}; read who is calling from {@link dev.gatehouse.AuthInfo}.
 */
@NullMarked
package dev.gatehouse;

import org.jspecify.annotations.NullMarked;
