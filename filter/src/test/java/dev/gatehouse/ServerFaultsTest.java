package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.ClosedPort;
import dev.gatehouse.testing.ExpectedRefusal;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.Faults;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.RawAuthorizationServer;
import dev.gatehouse.testing.RawAuthorizationServer.Behaviour;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Faults of an authorization server, over real sockets: each means a 503 in time, not an invalid
 * token, and the token goes to no other host.
 */
public class ServerFaultsTest {

  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";

  private static final Duration LONG = Duration.ofMinutes(5);

  /** Far above any time limit that a test waits for, even on a slow machine. */
  private static final Duration BOUND = Duration.ofMinutes(1);

  @RegisterExtension final LogWatch log = new LogWatch();

  private final CallerServlet servlet = new CallerServlet();
  private RawAuthorizationServer as;

  @BeforeEach
  void start() throws Exception {
    as = new RawAuthorizationServer(RawAuthorizationServer.text(""));
  }

  @AfterEach
  void stop() throws Exception {
    as.close();
  }

  private ProtectedServer guarded(String endpoint, Duration requestTimeout) throws Exception {
    return ProtectedServer.guarding(
        servlet,
        new ManualClock(ManualClock.NOW),
        origin ->
            TestSettings.builder()
                .resource("https://mcp.example/mcp")
                .introspectionEndpoint(endpoint)
                .clientId("mcp-filter")
                .clientSecret(Secrets.CLIENT_SECRET)
                .requestTimeout(requestTimeout)
                .build());
  }

  private static RawResponse call(ProtectedServer server) throws IOException {
    return RawClient.send(
        server.port(),
        RawClient.request("POST /mcp", List.of("Authorization: Bearer " + Secrets.token())));
  }

  private void assertUnavailable(String endpoint, Duration requestTimeout, String reason)
      throws Exception {
    log.announce("reason=" + reason);
    try (var server = guarded(endpoint, requestTimeout)) {
      long before = System.nanoTime();

      RawResponse response = call(server);

      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(BOUND);
      assertThat(response.status()).as("%s", response).isEqualTo(503);
      new ExpectedRefusal("", "").assertMatches(response, "-", false);
      assertThat(log.reasons()).containsExactly(reason);
      assertThat(servlet.calls()).isZero();
    }
  }

  private static Arguments fault(String what, Behaviour behaviour, String reason) {
    return Arguments.of(what, behaviour, reason);
  }

  static Stream<Arguments> brokenResponses() {
    String active = "{\"active\":true,\"aud\":\"https://mcp.example/mcp\"}";
    return Stream.of(
        fault("closes without a response", RawAuthorizationServer.text(""), "as_unreachable"),
        fault("resets the connection", Faults::reset, "as_unreachable"),
        fault(
            "resets the connection in the head",
            Faults.then("HTTP/1.1 2", Faults::reset),
            "as_unreachable"),
        fault(
            "closes in the head",
            RawAuthorizationServer.text("HTTP/1.1 200 OK\r\nC"),
            "as_unreachable"),
        fault(
            "speaks another protocol",
            RawAuthorizationServer.text("SSH-2.0-x\r\n\r\n"),
            "as_unreachable"),
        fault(
            "sends no status code",
            RawAuthorizationServer.text("HTTP/1.1 OK\r\n\r\n"),
            "as_unreachable"),
        fault(
            "closes in the body",
            RawAuthorizationServer.text(HEAD + "Content-Length: 500\r\n\r\n" + active),
            "as_unreachable"),
        fault(
            "resets in the body",
            Faults.then(HEAD + "Content-Length: 500\r\n\r\n" + active, Faults::reset),
            "as_unreachable"),
        fault(
            "closes between two chunks",
            RawAuthorizationServer.text(HEAD + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"),
            "as_unreachable"),
        fault(
            "sends a chunk without a size",
            RawAuthorizationServer.text(HEAD + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{\r\n"),
            "as_unreachable"),
        fault(
            "sends an invalid Content-Length",
            RawAuthorizationServer.text(HEAD + "Content-Length: many\r\n\r\n" + active),
            "as_unreachable"),
        fault(
            "switches protocols without a request",
            RawAuthorizationServer.text("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
            "as_unreachable"),
        fault(
            "sends an empty body",
            RawAuthorizationServer.text(HEAD + "Content-Length: 0\r\n\r\n"),
            "as_answer"),
        fault(
            "truncates a body of unknown length",
            RawAuthorizationServer.text(HEAD + "\r\n" + active.substring(0, 20)),
            "as_answer"),
        fault(
            "sends a log-in page",
            RawAuthorizationServer.text(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>"),
            "as_answer"),
        fault(
            "compresses without a request",
            RawAuthorizationServer.text(
                HEAD + "Content-Encoding: gzip\r\n\r\n\u001f\u008b\b\u0000\u0000\u0000"),
            "as_answer"),
        fault(
            "sends an unknown status code",
            RawAuthorizationServer.text("HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n"),
            "as_answer"),
        fault("never ends its body", Faults.then(HEAD + "\r\n", Faults.endless(" ")), "as_answer"),
        fault(
            "never ends its one chunk",
            Faults.then(
                HEAD + "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", Faults.endless(" ")),
            "as_answer"));
  }

  @ParameterizedTest(name = "it {0}")
  @MethodSource("brokenResponses")
  void aBrokenResponseMeans503(String what, Behaviour behaviour, String reason) throws Exception {
    as.setBehaviour(behaviour);

    assertUnavailable(as.origin() + "/introspect", LONG, reason);
  }

  static Stream<Arguments> slowResponses() {
    return Stream.of(
        Arguments.of("sends nothing", (Behaviour) Faults::hang),
        Arguments.of("stops in the head", Faults.then("HTTP/1.1 200 OK\r\n", Faults::hang)),
        Arguments.of("stops before the body", Faults.then(HEAD + "\r\n", Faults::hang)),
        Arguments.of("stops in the body", Faults.then(HEAD + "\r\n{\"active\":", Faults::hang)),
        Arguments.of(
            "promises ten gigabytes",
            Faults.then(HEAD + "Content-Length: 9999999999\r\n\r\n{", Faults::hang)),
        Arguments.of("trickles", Faults.then(HEAD + "\r\n", Faults::trickle)),
        Arguments.of("trickles its head", Faults.then("HTTP/1.1 200 OK\r\nX:", Faults::trickle)));
  }

  @ParameterizedTest(name = "it {0}")
  @MethodSource("slowResponses")
  void aSlowResponseMeans503AtTheTimeout(String what, Behaviour behaviour) throws Exception {
    as.setBehaviour(behaviour);

    assertUnavailable(as.origin() + "/introspect", Duration.ofMillis(300), "as_timeout");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-More: and more\r\n", "HTTP/1.1 100 Continue\r\n\r\n"})
  void anEndlessHeadMeans503(String piece) throws Exception {
    as.setBehaviour(
        Faults.then(piece.startsWith("X-") ? "HTTP/1.1 200 OK\r\n" : "", Faults.endless(piece)));
    log.announce("reason=as_");
    try (var server = guarded(as.origin() + "/introspect", Duration.ofSeconds(3))) {
      assertThat(call(server).status()).isEqualTo(503);
      // Header lines are counted; interim (1xx) responses end at the timeout.
      assertThat(log.reasons()).first().asString().matches("as_(unreachable|timeout)");
    }
  }

  @Test
  void aRefusedConnectionMeans503UntilTheServerIsBack() throws Exception {
    log.announce("reason=as_unreachable");
    try (var port = new ClosedPort();
        var server = guarded(port.origin() + "/introspect", LONG)) {
      RawResponse down = call(server);
      assertThat(down.status()).isEqualTo(503);
      new ExpectedRefusal("", "").assertMatches(down, "-", false);

      port.release();
      try (var back = new FakeAuthorizationServer(port.number())) {
        back.introspection(
            FakeAuthorizationServer.json(
                200, "{\"active\":true,\"aud\":\"https://mcp.example/mcp\"}"));
        assertThat(call(server).status()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectIsNotFollowedAndTheOtherHostGetsNothing(int status) throws Exception {
    try (var other =
        new RawAuthorizationServer(
            RawAuthorizationServer.text(
                HEAD + "\r\n{\"active\":true,\"aud\":\"https://mcp.example/mcp\"}"))) {
      as.setBehaviour(
          RawAuthorizationServer.text(
              "HTTP/1.1 %d Elsewhere\r\nLocation: %s/introspect\r\nContent-Length: 0\r\n\r\n"
                  .formatted(status, other.origin())));

      assertUnavailable(as.origin() + "/introspect", LONG, "as_answer");

      assertThat(other.requests()).isEmpty();
      assertThat(as.requests()).hasSize(1);
    }
  }

  @Test
  void aPooledConnectionThatTheServerHasClosedIsReplaced() throws Exception {
    String active = "{\"active\":true,\"aud\":\"https://mcp.example/mcp\"}";
    // The response allows reuse of the connection, but the server closes it.
    as.setBehaviour(
        RawAuthorizationServer.text(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(active.length(), active)));
    try (var server = guarded(as.origin() + "/introspect", LONG)) {
      for (int i = 0; i < 20; i++) {
        assertThat(call(server).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void anHttp10ResponseIsAccepted() throws Exception {
    as.setBehaviour(
        RawAuthorizationServer.text(
            "HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n"
                + "{\"active\":true,\"aud\":\"https://mcp.example/mcp\"}"));
    try (var server = guarded(as.origin() + "/introspect", LONG)) {
      assertThat(call(server).status()).isEqualTo(200);
    }
  }
}
