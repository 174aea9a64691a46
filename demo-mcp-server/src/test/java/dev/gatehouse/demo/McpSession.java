package dev.gatehouse.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An initialized MCP session over plain HTTP. */
record McpSession(int port, String token, String id) {

  static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
      "capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}""";

  private static final String SESSION_ID = "Mcp-Session-Id: ";

  static List<String> headers(String token) {
    return List.of(
        "Authorization: Bearer " + token,
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream");
  }

  static McpSession open(int port, String token) throws IOException {
    RawHttp.Response response = RawHttp.exchange(port, "POST /mcp", headers(token), INITIALIZE);
    String id = response.header("Mcp-Session-Id").orElseThrow().substring(SESSION_ID.length());
    var session = new McpSession(port, token, id);
    session.post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return session;
  }

  RawHttp.Response call(String tool, String arguments) throws IOException {
    return post(
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\",\"arguments\":%s}}"
            .formatted(tool, arguments));
  }

  RawHttp.Response post(String message) throws IOException {
    return RawHttp.exchange(port, "POST /mcp", sessionHeaders(), message);
  }

  List<String> sessionHeaders() {
    var headers = new ArrayList<>(headers(token));
    headers.add(SESSION_ID + id);
    return headers;
  }
}
