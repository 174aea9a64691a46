package dev.gatehouse.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;

/** An authorization server on a real socket whose responses each test defines. Thread-safe. */
public final class FakeAuthorizationServer implements AutoCloseable {

  /** One request that the server received. */
  public record ReceivedRequest(
      String method, String path, Map<String, List<String>> headers, String body) {

    /** The first value of a form parameter, decoded; empty if absent. */
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

  /** Responds to one request. */
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
   * Sets TCP_NODELAY for the JDK's HTTP servers; without it, each response waits forty milliseconds
   * between head and body. Must be called before the first server is created.
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
    ReceivedRequest request =
        new ReceivedRequest(
            exchange.getRequestMethod(), path, Map.copyOf(exchange.getRequestHeaders()), body);
    requests.add(request);
    behaviours.getOrDefault(path, r -> json(404, "{}")).apply(request).respond(exchange);
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

  /** Publishes the keys of these signers, and names their address in the metadata. */
  public FakeAuthorizationServer keys(JwtSigner... signers) {
    at("/jwks", json(200, JwtSigner.jwks(signers)));
    return at(
        "/.well-known/oauth-authorization-server",
        json(200, metadata().replace("}", ",\"jwks_uri\":\"" + issuer() + "/jwks\"}")));
  }

  /** How often the keys were requested. */
  public int keyRequests() {
    return (int) requests.stream().filter(request -> request.path().equals("/jwks")).count();
  }

  public FakeAuthorizationServer at(String path, Behaviour behaviour) {
    behaviours.put(path, request -> behaviour);
    return this;
  }

  /** Chooses the behaviour for each introspection request. */
  public FakeAuthorizationServer introspectionResponses(
      Function<ReceivedRequest, Behaviour> choice) {
    behaviours.put("/introspect", choice);
    return this;
  }

  public FakeAuthorizationServer introspection(Behaviour behaviour) {
    return at("/introspect", behaviour);
  }

  /** The requests that the introspection endpoint has received so far. */
  public List<ReceivedRequest> introspectionRequests() {
    return requests.stream().filter(r -> r.path().equals("/introspect")).toList();
  }

  /** Forgets the requests received so far. */
  public void clearRequests() {
    requests.clear();
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

  /** A response with these bytes; without a Content-Type if {@code contentType} is empty. */
  public static Behaviour bytes(int status, String contentType, byte[] bytes) {
    return exchange -> {
      if (!contentType.isEmpty()) {
        exchange.getResponseHeaders().set("Content-Type", contentType);
      }
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /** A JSON response with a content coding; the bytes are as sent. */
  public static Behaviour encoded(int status, String coding, byte[] bytes) {
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Encoding", coding);
      bytes(status, "application/json", bytes).respond(exchange);
    };
  }

  /** The gzip form of a text. */
  public static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return compressed.toByteArray();
  }

  /** A redirect; one to a path of this server is recorded if the client follows it. */
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
