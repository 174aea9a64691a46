package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.ExpectedRefusal;
import dev.gatehouse.testing.Faults;
import dev.gatehouse.testing.KeyStores;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.RawAuthorizationServer;
import dev.gatehouse.testing.RawAuthorizationServer.Behaviour;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Faults of an authorization server: a request with a new token gets a complete 503 in time, and a
 * cached token is admitted throughout.
 */
class MisbehavingServerTest {

  private static final String JSON = "Content-Type: application/json\r\nConnection: close\r\n";

  private static final String ACTIVE =
      "{\"active\":true,\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"}";

  private static final Duration LONG = Duration.ofMinutes(5);

  /** Enough for a request to arrive on a busy machine. Each test waits until it is over. */
  private static final Duration SHORT = Duration.ofSeconds(3);

  @TempDir private static Path directory;
  private static KeyStores keys = new KeyStores(Path.of(""));

  @RegisterExtension final LogWatch log = new LogWatch();

  private final CallerServlet servlet = new CallerServlet();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final String cached = Secrets.token();

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = new KeyStores(directory);
    keys.createKey("ca", "CN=ca", "-ext", "bc:c");
    String here = "san=ip:127.0.0.1";
    keys.createSignedKey("ca", "valid", "-ext", here, "-validity", "2");
    keys.createSignedKey("ca", "expired", "-ext", here, "-startdate", "-3d", "-validity", "1");
    keys.createSignedKey("ca", "early", "-ext", here, "-startdate", "+1d", "-validity", "1");
    keys.createSignedKey("ca", "elsewhere", "-ext", "san=dns:as.example", "-validity", "2");
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private static String response(String statusLine, String headers, String body) {
    return "HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s"
        .formatted(statusLine, headers, body.length(), body);
  }

  private static Behaviour status(String status) {
    return RawAuthorizationServer.text(response(status + " X", JSON, "{}"));
  }

  private static Behaviour respondsWith(String body) {
    return RawAuthorizationServer.text(response("200 OK", JSON, body));
  }

  private static Arguments row(String what, String reason, Behaviour behaviour) {
    return Arguments.of(what, LONG, reason, behaviour);
  }

  /** A response without end, which one of our limits ends. */
  private static Arguments endless(
      String what, Duration limit, String reason, Behaviour behaviour) {
    return Arguments.of(what, limit, reason, behaviour);
  }

  static Stream<Arguments> faults() {
    String head = "HTTP/1.1 200 OK\r\n" + JSON;
    String deep = "{\"active\":true,\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    return Stream.of(
        row("closes without a response", "as_unreachable", RawAuthorizationServer.text("")),
        row("resets the connection", "as_unreachable", Faults::reset),
        row("resets in the body", "as_unreachable", Faults.then(head + "\r\n{", Faults::reset)),
        endless("hangs before the headers", SHORT, "as_timeout", Faults::hang),
        endless("hangs in the headers", SHORT, "as_timeout", Faults.then(head, Faults::hang)),
        endless(
            "hangs in the body", SHORT, "as_timeout", Faults.then(head + "\r\n{", Faults::hang)),
        endless("trickles", SHORT, "as_timeout", Faults.then(head + "\r\n", Faults::trickle)),
        endless("endless", LONG, "as_answer", Faults.then(head + "\r\n", Faults.endless(" "))),
        row("10 MB body", "as_answer", respondsWith(" ".repeat(10_000_000))),
        row("204", "as_answer", RawAuthorizationServer.text("HTTP/1.1 204 X\r\n\r\n")),
        row(
            "302",
            "as_answer",
            RawAuthorizationServer.text(response("302 X", "Location: /\r\n", ""))),
        row("401", "as_credentials", status("401")),
        row("403", "as_credentials", status("403")),
        row("404", "as_answer", status("404")),
        row("429", "as_overloaded", status("429")),
        row("500", "as_answer", status("500")),
        row("503", "as_answer", status("503")),
        row(
            "HTML",
            "as_answer",
            RawAuthorizationServer.text(
                response("200 OK", "Content-Type: text/html\r\n", "<html>" + ACTIVE + "</html>"))),
        row("HTML labelled as JSON", "as_answer", respondsWith("<html></html>")),
        row("empty body", "as_answer", respondsWith("")),
        row("truncated JSON", "as_answer", respondsWith(ACTIVE.substring(0, 30))),
        row("deep JSON", "as_answer", respondsWith(deep)),
        row("duplicate keys", "as_answer", respondsWith("{\"active\":false,\"active\":true}")),
        row("active is a string", "as_answer", respondsWith("{\"active\":\"true\"}")),
        row(
            "exp is a string",
            "as_answer",
            respondsWith(ACTIVE.replace("}", ",\"exp\":\"never\"}"))),
        row("aud is a number", "as_answer", respondsWith("{\"active\":true,\"aud\":7}")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void aNewTokenGets503AndACachedTokenIsAdmitted(
      String what, Duration limit, String reason, Behaviour behaviour) throws Exception {
    if (reason.equals("as_overloaded")) {
      log.announce("circuit breaker open for PT5S: ");
    }
    AtomicBoolean finished = new AtomicBoolean();
    Semaphore arrived = new Semaphore(0);
    try (var as = new RawAuthorizationServer(respondsWith(ACTIVE));
        var server = guarded(as.origin(), "", limit)) {
      cacheToken(server);
      as.setBehaviour(
          socket -> {
            arrived.release();
            behaviour.respond(socket);
            finished.set(true);
          });

      Future<RawResponse> refused = threads.submit(() -> call(server, Secrets.token()));
      assertThat(arrived.tryAcquire(25, TimeUnit.SECONDS)).isTrue();
      assertAdmittedUntilRefused(server, refused, reason);

      if (what.matches("hangs.*|trickles|endless")) {
        assertThat(finished).isFalse();
      }
      assertThat(as.requests())
          .filteredOn(request -> (request + "&").contains("token=" + cached + "&"))
          .hasSize(1);
    }
  }

  @Test
  void aRefusedConnectionDoesNotAffectACachedToken() throws Exception {
    var as = new RawAuthorizationServer(respondsWith(ACTIVE));
    try (var server = guarded(as.origin(), "", LONG)) {
      cacheToken(server);
      as.close();

      assertAdmittedUntilRefused(
          server, threads.submit(() -> call(server, Secrets.token())), "as_unreachable");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"expired", "early", "elsewhere"})
  void anInvalidCertificateDoesNotAffectACachedToken(String certificate) throws Exception {
    try (var as = new RawAuthorizationServer(respondsWith(ACTIVE))) {
      as.enableTls(keys.context("valid", "ca"));
      try (var server = guarded(as.origin(), keys.file("ca.pem"), LONG)) {
        cacheToken(server);
        as.enableTls(keys.context(certificate, "ca"));
        assertAdmittedUntilRefused(
            server, threads.submit(() -> call(server, Secrets.token())), "as_unreachable");
      }
      assertThat(as.requests()).as("requests with the valid certificate").hasSize(1);
    }
  }

  private ProtectedServer guarded(String origin, String trustStore, Duration requestTimeout)
      throws Exception {
    return ProtectedServer.guarding(
        servlet,
        new ManualClock(ManualClock.NOW),
        mcp ->
            TestSettings.builder()
                .resource("https://mcp.example/mcp")
                .introspectionEndpoint(origin + "/introspect")
                .clientId("mcp-filter")
                .clientSecret(Secrets.CLIENT_SECRET)
                .set("trust-store", trustStore)
                .requestTimeout(requestTimeout)
                .build());
  }

  private static RawResponse call(ProtectedServer server, String token) throws Exception {
    return RawClient.send(
        server.port(), RawClient.request("POST /mcp", List.of("Authorization: Bearer " + token)));
  }

  private void cacheToken(ProtectedServer server) throws Exception {
    assertThat(call(server, cached).status()).isEqualTo(200);
    assertThat(servlet.calls()).isEqualTo(1);
  }

  private void assertAdmittedUntilRefused(
      ProtectedServer server, Future<RawResponse> refused, String reason) throws Exception {
    log.announce("reason=" + reason);
    int admitted = 1;
    do {
      assertThat(call(server, cached).status()).isEqualTo(200);
      admitted++;
    } while (!refused.isDone());

    RawResponse response = refused.get();
    assertThat(response.status()).as("%s", response).isEqualTo(503);
    new ExpectedRefusal("", "").assertMatches(response, "-", false);
    assertThat(log.reasons()).containsExactly(reason);
    assertThat(servlet.calls()).isEqualTo(admitted);
    assertThat(call(server, cached).status()).isEqualTo(200);
  }
}
