package dev.gatehouse.demo;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Creates the results of tools. */
final class ToolResults {

  private static final McpJsonMapper JSON = McpJsonDefaults.getMapper();

  private ToolResults() {}

  /** A successful result, as structured content and, for clients that ignore that, as text. */
  static CallToolResult json(Map<String, Object> members) {
    try {
      return CallToolResult.builder()
          .addTextContent(JSON.writeValueAsString(members))
          .structuredContent(members)
          .isError(false)
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A failed result; the message says why the call failed and what to do about it. */
  static CallToolResult error(String message) {
    return CallToolResult.builder().addTextContent(message).isError(true).build();
  }
}
