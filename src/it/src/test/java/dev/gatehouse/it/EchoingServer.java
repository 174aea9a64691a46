package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** An authorization server whose responses depend on the text of the token and may echo it. */
final class EchoingServer implements AutoCloseable {

  /** The behaviour that a token names. */
  enum Behaviour {
    ACTIVE("{'active':true,'aud':'$RESOURCE','sub':'user-$NUMBER'}"),
    READER("{'active':true,'aud':'$RESOURCE','sub':'user-$NUMBER','scope':'notes:read'}"),
    /** Echoes the token in every claim in which a real server has done so or might. */
    ECHOING(
        "{'active':true,'aud':'$RESOURCE','sub':'user-$NUMBER','token':'$TOKEN',"
            + "'access_token':'$TOKEN','ext':{'next':['Bearer $TOKEN']},'jti':'\\u0024$TOKEN'}"),
    INACTIVE("{'active':false}"),
    ECHOING_AS_USER("{'active':true,'aud':'$RESOURCE','sub':'$TOKEN'}"),
    TRUNCATED("{'active':true,'token':'$TOKEN','exp"),
    HTML("<html>no such token: $TOKEN</html>"),
    REFUSING(400, "{'error':'invalid_request','error_description':'$TOKEN'}"),
    FAILING(500, "failed to introspect $TOKEN"),
    DISCONNECTING("");

    private final int status;
    private final String response;

    Behaviour(String response) {
      this(200, response);
    }

    Behaviour(int status, String response) {
      this.status = status;
      this.response = response.replace('\'', '"');
    }
  }

  static {
    // Otherwise each response waits 40 ms for a delayed acknowledgement of its headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong introspections = new AtomicLong();
  private final String resource;
  private final String accessToken;

  /**
   * Starts the server.
   *
   * @param accessToken the token that the token endpoint issues
   */
  EchoingServer(String resource, String accessToken) throws IOException {
    this.resource = resource;
    this.accessToken = accessToken;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/introspect", this::introspect);
    server.createContext("/token", this::issue);
    server.setExecutor(threads);
    server.start();
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** The number of introspection requests. */
  long introspections() {
    return introspections.get();
  }

  private void introspect(HttpExchange exchange) throws IOException {
    introspections.incrementAndGet();
    String form = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String token =
        Arrays.stream(form.split("&", -1))
            .filter(field -> field.startsWith("token="))
            .findFirst()
            .orElseThrow()
            .substring("token=".length());
    String[] parts = token.split("\\.", -1);
    Behaviour behaviour = Behaviour.valueOf(parts[2]);
    if (behaviour == Behaviour.DISCONNECTING) {
      exchange.close();
      return;
    }
    respond(
        exchange,
        behaviour.status,
        behaviour
            .response
            .replace("$RESOURCE", resource)
            .replace("$NUMBER", parts[3])
            .replace("$TOKEN", token));
  }

  private void issue(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    respond(
        exchange,
        200,
        "{\"access_token\":\"" + accessToken + "\",\"token_type\":\"Bearer\",\"expires_in\":3600}");
  }

  private static void respond(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
