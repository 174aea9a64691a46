package dev.gatehouse.internal.mcp;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a server of the MCP Java SDK makes of a body: the reference for the invariant that the MCP
 * server executes what has been judged.
 *
 * @param method what it executes; null if it takes the message for a response
 * @param id as JSON; null if there is none
 * @param name what it passes to the handler; null if the handler gets no name
 */
record SdkReading(@Nullable String method, @Nullable String id, @Nullable String name) {

  private static final ObjectMapper JACKSON = new ObjectMapper();
  private static final McpJsonMapper MAPPER = new JacksonMcpJsonMapper(JACKSON);

  /** Reads a body as the SDK's transports do; empty if the SDK refuses it. */
  static Optional<SdkReading> of(byte[] body) {
    try {
      McpSchema.JSONRPCMessage message = McpSchema.deserializeJsonRpcMessage(MAPPER, text(body));
      if (message instanceof McpSchema.JSONRPCRequest request) {
        return Optional.of(
            new SdkReading(
                request.method(),
                JACKSON.writeValueAsString(request.id()),
                name(request.method(), request.params())));
      }
      if (message instanceof McpSchema.JSONRPCNotification notification) {
        return Optional.of(new SdkReading(notification.method(), null, null));
      }
      Object id = ((McpSchema.JSONRPCResponse) message).id();
      return Optional.of(
          new SdkReading(null, id == null ? null : JACKSON.writeValueAsString(id), null));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** The SDK joins the lines of the request's reader. */
  private static String text(byte[] body) {
    return new BufferedReader(
            new InputStreamReader(new ByteArrayInputStream(body), StandardCharsets.UTF_8))
        .lines()
        .collect(Collectors.joining());
  }

  private static @Nullable String name(@Nullable String method, @Nullable Object params) {
    if (method == null || params == null) {
      return null;
    }
    return switch (method) {
      case McpSchema.METHOD_TOOLS_CALL ->
          MAPPER.convertValue(params, new TypeRef<McpSchema.CallToolRequest>() {}).name();
      case McpSchema.METHOD_PROMPT_GET ->
          MAPPER.convertValue(params, new TypeRef<McpSchema.GetPromptRequest>() {}).name();
      case McpSchema.METHOD_RESOURCES_READ ->
          MAPPER.convertValue(params, new TypeRef<McpSchema.ReadResourceRequest>() {}).uri();
      case McpSchema.METHOD_RESOURCES_SUBSCRIBE ->
          MAPPER.convertValue(params, new TypeRef<McpSchema.SubscribeRequest>() {}).uri();
      case McpSchema.METHOD_COMPLETION_COMPLETE ->
          name(MAPPER.convertValue(params, new TypeRef<McpSchema.CompleteRequest>() {}).ref());
      default -> null;
    };
  }

  private static String name(McpSchema.CompleteReference reference) {
    return reference instanceof McpSchema.PromptReference prompt
        ? prompt.name()
        : ((McpSchema.ResourceReference) reference).uri();
  }
}
