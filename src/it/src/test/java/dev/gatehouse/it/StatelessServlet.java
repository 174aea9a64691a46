package dev.gatehouse.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An MCP server of revision 2026-07-28, which the MCP Java SDK does not support. */
final class StatelessServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final transient List<String> calls = new CopyOnWriteArrayList<>();

  /** Method and name of each message that has arrived, in order. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    JsonNode message = JSON.readTree(request.getInputStream());
    JsonNode params = message.path("params");
    String method = message.path("method").asText();
    String name = params.path("name").asText(params.path("uri").asText());
    calls.add((method + " " + name).strip());
    ObjectNode reply = JSON.createObjectNode().put("jsonrpc", "2.0");
    reply.set("id", message.get("id"));
    reply.set("result", JSON.readTree(result(method, name)));
    response.setContentType("application/json");
    response.getOutputStream().write(JSON.writeValueAsBytes(reply));
  }

  private static String result(String method, String name) {
    return switch (method) {
      case "server/discover" ->
          """
          {"resultType":"complete","supportedVersions":["2026-07-28"],"ttlMs":60000,
           "cacheScope":"public","capabilities":{"tools":{},"resources":{}}}""";
      case "tools/list" ->
          """
          {"resultType":"complete","ttlMs":60000,"cacheScope":"public","tools":[
           {"name":"list_notes","inputSchema":{"type":"object"}},
           {"name":"notizen_überprüfen","inputSchema":{"type":"object"}},
           {"name":"delete_note","inputSchema":{"type":"object"}}]}""";
      case "tools/call" ->
          """
          {"resultType":"complete","content":[{"type":"text","text":"called %s"}]}"""
              .formatted(name);
      case "resources/read" ->
          """
          {"resultType":"complete","ttlMs":0,"cacheScope":"private",
           "contents":[{"uri":"%s","text":"a note"}]}"""
              .formatted(name);
      default -> throw new IllegalArgumentException(method);
    };
  }
}
