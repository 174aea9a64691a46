/**
 * Understands MCP messages: reads JSON-RPC bodies, decides by the rules of {@code mcp-rules} what a
 * call needs, and leaves out of lists what the caller may not use.
 *
 * <p>Must not depend on how a token is verified.
 */
@NullMarked
package dev.gatehouse.internal.mcp;

import org.jspecify.annotations.NullMarked;
