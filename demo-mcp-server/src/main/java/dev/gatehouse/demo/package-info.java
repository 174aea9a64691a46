/**
 * The demo: a notebook behind the filter, with an authorization server beside it.
 *
 * <p>{@link dev.gatehouse.demo.DemoCommand} reads the command line, {@link
 * dev.gatehouse.demo.DemoServer} puts the parts together, and {@link
 * dev.gatehouse.demo.McpEndpoint} is where the filter meets the MCP server: the few lines to copy
 * into a server of your own.
 */
@NullMarked
package dev.gatehouse.demo;

import org.jspecify.annotations.NullMarked;
