/**
 * The demo: an MCP server with a notebook, protected by the filter, and an authorization server.
 *
 * <p>{@link dev.gatehouse.demo.DemoCommand} reads the command line, {@link
 * dev.gatehouse.demo.DemoServer} assembles the parts, and {@link dev.gatehouse.demo.McpEndpoint}
 * registers the filter in front of the MCP server: the lines to copy into your own server.
 *
 * <p>Uses only the public packages of the filter and the authorization server.
 */
@NullMarked
package dev.gatehouse.demo;

import org.jspecify.annotations.NullMarked;
