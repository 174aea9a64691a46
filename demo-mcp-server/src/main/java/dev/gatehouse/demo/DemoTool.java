package dev.gatehouse.demo;

import dev.gatehouse.AuthInfo;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** One tool: what clients read about it, what it demands, and what it does. */
interface DemoTool {

  /** The input schema of a tool that takes nothing. */
  Map<String, Object> TAKES_NOTHING =
      Map.of("type", "object", "properties", Map.of(), "additionalProperties", false);

  /** What clients read about it. */
  Tool description();

  /** The text that it takes; none unless overridden. */
  default Optional<TextArgument> argument() {
    return Optional.empty();
  }

  /** The scope that it demands; none unless overridden. */
  default Optional<String> neededScope() {
    return Optional.empty();
  }

  /** Does it. Scope and argument have been checked. */
  CallToolResult call(Call call) throws SQLException;

  /** A call that has passed the checks; the text is empty where the tool takes none. */
  record Call(AuthInfo caller, Owner owner, String text) {}
}
