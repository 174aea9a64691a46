package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An introspection endpoint with scripted responses, for callers that the embedded authorization
 * server can't represent.
 */
final class ScriptedIntrospection implements AutoCloseable {

  static final String RESOURCE = "http://127.0.0.1/mcp";

  private final Map<String, String> responses = new ConcurrentHashMap<>();
  private final HttpServer server;

  ScriptedIntrospection() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/introspect", this::introspect);
    server.start();
  }

  /** The environment of a demo that uses this endpoint. */
  Map<String, String> environment() {
    return Map.of(
        "GATEHOUSE_INTROSPECTION_ENDPOINT",
        origin() + "/introspect",
        "GATEHOUSE_AUTHORIZATION_SERVERS",
        origin(),
        "GATEHOUSE_CLIENT_ID",
        "demo",
        "GATEHOUSE_CLIENT_SECRET",
        "secret",
        "GATEHOUSE_RESOURCE",
        RESOURCE);
  }

  /** Makes a token active, with these members in addition to the usual ones. */
  String active(String token, String members) {
    responses.put(
        token,
        "{\"active\":true,\"token_type\":\"Bearer\",\"aud\":\"" + RESOURCE + "\"," + members + "}");
    return token;
  }

  private String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void introspect(HttpExchange exchange) throws IOException {
    try (exchange) {
      String form = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      String token = form.replaceFirst("(?s).*\\btoken=([^&]*).*", "$1");
      byte[] response = responses.getOrDefault(token, "{\"active\":false}").getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, response.length);
      exchange.getResponseBody().write(response);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
