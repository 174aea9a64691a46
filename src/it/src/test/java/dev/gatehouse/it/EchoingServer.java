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

/** An authorization server that does with a token what its text says, and likes to repeat it. */
final class EchoingServer implements AutoCloseable {

  /** What may be asked for by a token. */
  enum Behaviour {
    ACTIVE("{'active':true,'aud':'$RESOURCE','sub':'user-$NUMBER'}"),
    /** Repeats the token in every place where an answer has been seen to, or might. */
    REPEATING(
        "{'active':true,'aud':'$RESOURCE','sub':'user-$NUMBER','token':'$TOKEN',"
            + "'access_token':'$TOKEN','ext':{'next':['Bearer $TOKEN']},'jti':'\\u0024$TOKEN'}"),
    INACTIVE("{'active':false}"),
    REPEATING_AS_USER("{'active':true,'aud':'$RESOURCE','sub':'$TOKEN'}"),
    BROKEN("{'active':true,'token':'$TOKEN','exp"),
    HTML("<html>no such token: $TOKEN</html>"),
    REFUSING(400, "{'error':'invalid_request','error_description':'$TOKEN'}"),
    FAILING(500, "no answer about $TOKEN"),
    HANGING_UP("");

    private final int status;
    private final String answer;

    Behaviour(String answer) {
      this(200, answer);
    }

    Behaviour(int status, String answer) {
      this.status = status;
      this.answer = answer.replace('\'', '"');
    }
  }

  static {
    // Else each answer waits 40 ms for the other side's acknowledgement of its head.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong asked = new AtomicLong();
  private final String resource;
  private final String ownAccessToken;

  /**
   * Starts.
   *
   * @param ownAccessToken what whoever asks the token endpoint gets
   */
  EchoingServer(String resource, String ownAccessToken) throws IOException {
    this.resource = resource;
    this.ownAccessToken = ownAccessToken;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/introspect", this::introspect);
    server.createContext("/token", this::issue);
    server.setExecutor(threads);
    server.start();
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** How many introspections there were. */
  long asked() {
    return asked.get();
  }

  private void introspect(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    String form = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String token =
        Arrays.stream(form.split("&", -1))
            .filter(field -> field.startsWith("token="))
            .findFirst()
            .orElseThrow()
            .substring("token=".length());
    String[] parts = token.split("\\.", -1);
    Behaviour behaviour = Behaviour.valueOf(parts[2]);
    if (behaviour == Behaviour.HANGING_UP) {
      exchange.close();
      return;
    }
    answer(
        exchange,
        behaviour.status,
        behaviour
            .answer
            .replace("$RESOURCE", resource)
            .replace("$NUMBER", parts[3])
            .replace("$TOKEN", token));
  }

  private void issue(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    answer(
        exchange,
        200,
        "{\"access_token\":\""
            + ownAccessToken
            + "\",\"token_type\":\"Bearer\",\"expires_in\":3600}");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
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
