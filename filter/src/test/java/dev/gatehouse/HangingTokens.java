package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;

import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An authorization server that does not respond to introspections of some tokens, or of all. */
final class HangingTokens implements AutoCloseable {

  static final Behaviour ACTIVE =
      json(200, "{\"active\":true,\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"}");

  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

  final FakeAuthorizationServer server;

  /** Holds the responses. */
  final HeldResponse held = new HeldResponse(ACTIVE);

  private final Set<String> tokens = ConcurrentHashMap.newKeySet();
  private volatile boolean allHang;

  HangingTokens() throws IOException {
    server = new FakeAuthorizationServer();
    server.introspectionResponses(
        request -> allHang || tokens.contains(request.parameter("token")) ? held : ACTIVE);
  }

  static SettingsBuilder settings(String introspectionEndpoint) {
    return TestSettings.builder()
        .resource("https://mcp.example/mcp")
        .introspectionEndpoint(introspectionEndpoint)
        .clientAuthMethod("none");
  }

  /** A filter with default settings, but those that make outages longer. */
  static McpAuthFilter filter(String introspectionEndpoint) {
    return new McpAuthFilter(
        settings(introspectionEndpoint)
            .requestTimeout(REQUEST_TIMEOUT)
            .breakerWait(Duration.ZERO)
            .build());
  }

  McpAuthFilter filter() {
    return filter(server.introspectionEndpoint());
  }

  void hang(String token) {
    tokens.add(token);
  }

  /** One of those that hang. */
  String any() {
    return tokens.iterator().next();
  }

  void hangAll() {
    allHang = true;
  }

  void recover() {
    allHang = false;
    held.release();
  }

  /** Whether each hanging token has been introspected. */
  private boolean allAreSent() {
    Set<String> sent = new HashSet<>();
    server.introspectionRequests().forEach(request -> sent.add(request.parameter("token")));
    return sent.containsAll(tokens);
  }

  /** How many fresh tokens are admitted, once each hanging one is known to hang. */
  int admittedAmongHundred(HangingCallers callers) throws Exception {
    Await.until("each hanging token has been introspected", this::allAreSent);
    int admitted = 0;
    for (int i = 0; i < 100; i++) {
      admitted += callers.status(Secrets.token()) == 200 ? 1 : 0;
    }
    return admitted;
  }

  @Override
  public void close() {
    held.release();
    server.close();
  }
}
