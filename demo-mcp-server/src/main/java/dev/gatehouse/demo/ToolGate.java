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
 * What stands before every tool: who calls, may they, and is what they send any good.
 *
 * <p>The filter has checked the token and the scopes of the whole endpoint. A scope that only some
 * tools demand is checked here, and refused inside the tool's result, where the model can read it.
 */
final class ToolGate {

  private static final Logger LOG = LoggerFactory.getLogger(ToolGate.class);

  private ToolGate() {}

  /** The tool as the MCP SDK takes it. */
  static SyncToolSpecification guarded(DemoTool tool) {
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
      return ToolAnswer.refusal("The access token names neither a user nor a client.");
    }
    Optional<String> missing = tool.neededScope().filter(scope -> !caller.hasScope(scope));
    if (missing.isPresent()) {
      return ToolAnswer.refusal(lacks(missing.get()));
    }
    Map<String, Object> sent = arguments == null ? Map.of() : arguments;
    Optional<String> mistake = mistake(tool, sent);
    if (mistake.isPresent()) {
      return ToolAnswer.refusal(mistake.get());
    }
    String text = tool.argument().map(argument -> (String) sent.get(argument.name())).orElse("");
    try {
      return tool.call(new DemoTool.Call(caller, owner.get(), text));
    } catch (SQLException e) {
      LOG.error("{} could not reach the notes", tool.description().name(), e);
      return ToolAnswer.refusal("The notes can't be reached at the moment. Try again later.");
    }
  }

  /** What a caller is told whose token lacks a scope. */
  static String lacks(String scope) {
    return "The access token lacks the scope '"
        + scope
        + "'. Ask the authorization server for a token with that scope and call again.";
  }

  private static Optional<String> mistake(DemoTool tool, Map<String, Object> arguments) {
    Optional<TextArgument> argument = tool.argument();
    if (argument.isPresent()) {
      return argument.get().mistake(arguments);
    }
    return arguments.isEmpty() ? Optional.empty() : Optional.of("This tool takes no arguments.");
  }
}
