package dev.gatehouse.demo;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** The two ways in which a tool answers. */
final class ToolAnswer {

  private static final McpJsonMapper JSON = McpJson.mapper();

  private ToolAnswer() {}

  /** Done. Clients that don't read structured content find the same JSON as text. */
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

  /** Not done; the sentence says why, and what to do about it. */
  static CallToolResult refusal(String sentence) {
    return CallToolResult.builder().addTextContent(sentence).isError(true).build();
  }
}
