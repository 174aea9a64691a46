package dev.gatehouse.demo;

import dev.gatehouse.AuthInfo;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles the calls of a tool: checks the owner and the arguments before it runs.
 *
 * <p>The filter has validated the token and checked the scopes that the tool needs.
 */
final class ToolHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ToolHandler.class);

  private ToolHandler() {}

  /** The tool, with its checks, for the MCP SDK. */
  static SyncToolSpecification specification(DemoTool tool) {
    return SyncToolSpecification.builder()
        .tool(tool.description())
        .callHandler(
            (exchange, request) ->
                call(tool, AuthInfo.from(exchange.transportContext()), request.arguments()))
        .build();
  }

  private static CallToolResult call(
      DemoTool tool, AuthInfo caller, @Nullable Map<String, Object> arguments) {
    Optional<Owner> owner = Owner.of(caller);
    if (owner.isEmpty()) {
      return ToolResults.error(
          "The access token identifies neither a user nor a client that acts for itself.");
    }
    Map<String, Object> given = arguments == null ? Map.of() : arguments;
    Optional<String> error = error(tool, given);
    if (error.isPresent()) {
      return ToolResults.error(error.get());
    }
    String text = tool.argument().map(argument -> (String) given.get(argument.name())).orElse("");
    try {
      return tool.call(new DemoTool.Call(caller, owner.get(), text));
    } catch (SQLException e) {
      LOG.error("{} failed: the notes are unavailable", tool.description().name(), e);
      return ToolResults.error("The notes are unavailable. Try again later.");
    }
  }

  private static Optional<String> error(DemoTool tool, Map<String, Object> arguments) {
    Optional<TextArgument> argument = tool.argument();
    if (argument.isPresent()) {
      return argument.get().error(arguments);
    }
    return arguments.isEmpty() ? Optional.empty() : Optional.of("This tool takes no arguments.");
  }
}
