package dev.gatehouse;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Executes what the MCP Java SDK's parser finds in a body, as a server would, by recording it. It
 * also takes batches, which the SDK does not.
 */
final class ExecutingServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final McpJsonMapper JSON = new JacksonMcpJsonMapper(new ObjectMapper());

  private final transient List<String> executed = new CopyOnWriteArrayList<>();

  /** What has been executed since the last call, each as method and name. */
  List<String> executed() {
    List<String> found = List.copyOf(executed);
    executed.clear();
    return found;
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String body = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    for (String message : messages(body)) {
      execute(McpSchema.deserializeJsonRpcMessage(JSON, message));
    }
    response.setContentType("application/json");
    response.getOutputStream().print("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
  }

  private static List<String> messages(String body) throws IOException {
    if (!body.startsWith("[")) {
      return List.of(body);
    }
    List<String> messages = new ArrayList<>();
    for (Object member : JSON.readValue(body, new TypeRef<List<Object>>() {})) {
      messages.add(JSON.writeValueAsString(member));
    }
    return messages;
  }

  private void execute(JSONRPCMessage message) {
    if (message instanceof JSONRPCRequest call) {
      executed.add(call.method() + name(call.params()));
    } else if (message instanceof JSONRPCNotification notification) {
      executed.add(notification.method());
    }
  }

  private static String name(Object params) {
    if (params instanceof Map<?, ?> members) {
      Object name = members.containsKey("name") ? members.get("name") : members.get("uri");
      return name == null ? "" : " " + name;
    }
    return "";
  }
}
