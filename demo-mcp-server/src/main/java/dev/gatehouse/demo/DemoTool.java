package dev.gatehouse.demo;

import dev.gatehouse.AuthInfo;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** A tool: its description for clients, its argument, and its implementation. */
interface DemoTool {

  /** The input schema of a tool without arguments. */
  Map<String, Object> NO_ARGUMENTS =
      Map.of("type", "object", "properties", Map.of(), "additionalProperties", false);

  /** The name, schema and description that clients see. */
  Tool description();

  /** The argument of the tool; by default there is none. */
  default Optional<TextArgument> argument() {
    return Optional.empty();
  }

  /** Executes the call, whose argument has been checked. */
  CallToolResult call(Call call) throws SQLException;

  /**
   * A call that has passed the checks.
   *
   * @param text the argument; the empty string if the tool has none
   */
  record Call(AuthInfo caller, Owner owner, String text) {}
}
