package dev.gatehouse.demo;

import dev.gatehouse.AuthInfo;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tool {@code whoami}, which returns what a tool knows about its caller. */
final class WhoAmI implements DemoTool {

  private static final Map<String, Object> OUTPUT =
      Map.of(
          "type", "object",
          "properties",
              Map.of(
                  "userId",
                      Map.of(
                          "type",
                          List.of("string", "null"),
                          "description",
                          "The user; null when the client acts for itself"),
                  "clientId",
                      Map.of(
                          "type",
                          List.of("string", "null"),
                          "description",
                          "The client that the token was issued to"),
                  "scopes", Map.of("type", "array", "items", Map.of("type", "string"))),
          "required", List.of("userId", "clientId", "scopes"));

  @Override
  public Tool description() {
    return Tool.builder("whoami", NO_ARGUMENTS)
        .title("Who am I?")
        .description(
            "Returns the caller that the access token names: the user, the client and the scopes.")
        .outputSchema(OUTPUT)
        .annotations(
            ToolAnnotations.builder()
                .readOnlyHint(true)
                .destructiveHint(false)
                .idempotentHint(true)
                .openWorldHint(false)
                .build())
        .build();
  }

  @Override
  public CallToolResult call(Call call) {
    AuthInfo caller = call.caller();
    var members = new LinkedHashMap<String, Object>();
    // A client that acts for itself may be the sub of its tokens, as in JWTs (RFC 9068 §2.2).
    boolean isUser = caller.caller() == AuthInfo.Caller.USER;
    members.put("userId", isUser ? caller.userId().orElse(null) : null);
    members.put("clientId", caller.clientId().orElse(null));
    members.put("scopes", caller.scopes().stream().sorted().toList());
    return ToolResults.json(members);
  }
}
