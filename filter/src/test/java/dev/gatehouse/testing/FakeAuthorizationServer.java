package dev.gatehouse.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An authorization server over a real socket that answers as each test wants, well or badly. */
public final class FakeAuthorizationServer implements AutoCloseable {

  /** What one question looked like. */
  public record ReceivedRequest(
      String method, String path, Map<String, List<String>> headers, String body) {

    /** The first value of a form parameter, decoded; empty when absent. */
    public String parameter(String name) {
      for (String pair : body.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0 && pair.substring(0, equals).equals(name)) {
          return URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
        }
      }
      return "";
    }

    public String header(String name) {
      return String.join(",", headers.getOrDefault(name, List.of()));
    }
  }

  /** Answers one question in its own way. */
  @FunctionalInterface
  public interface Behaviour {
    void respond(HttpExchange exchange) throws IOException;
  }

  static {
    sendWithoutDelay();
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<ReceivedRequest> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Function<ReceivedRequest, Behaviour>> behaviours =
      new ConcurrentHashMap<>();

  /**
   * Must come before the first of the JDK's servers: else all of them wait forty milliseconds
   * between head and body.
   */
  public static void sendWithoutDelay() {
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  public FakeAuthorizationServer() throws IOException {
    this(0);
  }

  public FakeAuthorizationServer(int port) throws IOException {
    server = Ports.bind(port, address -> HttpServer.create(address, 0));
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    at("/.well-known/oauth-authorization-server", json(200, metadata()));
    introspection(json(200, "{\"active\":false}"));
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String path = exchange.getRequestURI().getRawPath();
    ReceivedRequest question =
        new ReceivedRequest(
            exchange.getRequestMethod(), path, Map.copyOf(exchange.getRequestHeaders()), body);
    requests.add(question);
    behaviours.getOrDefault(path, q -> json(404, "{}")).apply(question).respond(exchange);
    exchange.close();
  }

  public String issuer() {
    return "http://127.0.0.1:" + port();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public String introspectionEndpoint() {
    return issuer() + "/introspect";
  }

  public String metadata() {
    return "{\"issuer\":\"%s\",\"introspection_endpoint\":\"%s\"}"
        .formatted(issuer(), introspectionEndpoint());
  }

  public FakeAuthorizationServer at(String path, Behaviour behaviour) {
    behaviours.put(path, question -> behaviour);
    return this;
  }

  /** Answers each question in its own way. */
  public FakeAuthorizationServer introspectionResponses(
      Function<ReceivedRequest, Behaviour> answers) {
    behaviours.put("/introspect", answers);
    return this;
  }

  public FakeAuthorizationServer introspection(Behaviour behaviour) {
    return at("/introspect", behaviour);
  }

  /** What was asked at the introspection endpoint. */
  public List<ReceivedRequest> introspectionRequests() {
    return requests.stream().filter(q -> q.path().equals("/introspect")).toList();
  }

  public List<ReceivedRequest> requests() {
    return List.copyOf(requests);
  }

  public static Behaviour json(int status, String body) {
    return response(status, "application/json", body);
  }

  public static Behaviour response(int status, String contentType, String body) {
    return bytes(status, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Any bytes; an empty content type leaves the header out. */
  public static Behaviour bytes(int status, String contentType, byte[] bytes) {
    return exchange -> {
      if (!contentType.isEmpty()) {
        exchange.getResponseHeaders().set("Content-Type", contentType);
      }
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /** To another path of this very server: whoever follows is seen. */
  public static Behaviour redirect(int status, String location) {
    return exchange -> {
      exchange.getResponseHeaders().set("Location", location);
      exchange.sendResponseHeaders(status, -1);
    };
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
