package dev.gatehouse.internal.token;

import org.jspecify.annotations.Nullable;

/**
 * What an MCP request calls, according to its body: for logs, which make the texts safe.
 *
 * @param method the JSON-RPC method, or {@code batch}
 * @param name the tool, prompt or resource; null if the method has none
 */
public record McpCall(String method, @Nullable String name) {

  /** Whether the call is one of a tool. */
  public boolean isOfTool() {
    return method.equals("tools/call") && name != null;
  }
}
