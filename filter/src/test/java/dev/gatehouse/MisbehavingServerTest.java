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
 * All that an authorization server can do to us, one after the other: a new token gets its 503 to
 * the letter and in time, and a token that is known is served throughout.
 */
class MisbehavingServerTest {

  private static final String JSON = "Content-Type: application/json\r\nConnection: close\r\n";

  private static final String ACTIVE =
      "{\"active\":true,\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"}";

  private static final Duration LONG = Duration.ofMinutes(5);

  /** Enough for a question to arrive on a busy machine: it is waited out. */
  private static final Duration SHORT = Duration.ofSeconds(3);

  @TempDir private static Path directory;
  private static KeyStores keys = new KeyStores(Path.of(""));

  @RegisterExtension final LogWatch log = new LogWatch();

  private final CallerServlet servlet = new CallerServlet();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final String known = Secrets.token();

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = new KeyStores(directory);
    keys.createKey("ca", "CN=ca", "-ext", "bc:c");
    String here = "san=ip:127.0.0.1";
    keys.createSignedKey("ca", "good", "-ext", here, "-validity", "2");
    keys.createSignedKey("ca", "expired", "-ext", here, "-startdate", "-3d", "-validity", "1");
    keys.createSignedKey("ca", "early", "-ext", here, "-startdate", "+1d", "-validity", "1");
    keys.createSignedKey("ca", "elsewhere", "-ext", "san=dns:as.example", "-validity", "2");
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private static String answer(String statusLine, String headers, String body) {
    return "HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s"
        .formatted(statusLine, headers, body.length(), body);
  }

  private static Behaviour status(String status) {
    return RawAuthorizationServer.text(answer(status + " X", JSON, "{}"));
  }

  private static Behaviour says(String body) {
    return RawAuthorizationServer.text(answer("200 OK", JSON, body));
  }

  private static Arguments row(String what, String reason, Behaviour behaviour) {
    return Arguments.of(what, LONG, reason, behaviour);
  }

  /** It never comes to an end by itself: so it is our limit that ends it. */
  private static Arguments endless(
      String what, Duration limit, String reason, Behaviour behaviour) {
    return Arguments.of(what, limit, reason, behaviour);
  }

  static Stream<Arguments> misbehaviours() {
    String head = "HTTP/1.1 200 OK\r\n" + JSON;
    String deep = "{\"active\":true,\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    return Stream.of(
        row("closes without a word", "as_unreachable", RawAuthorizationServer.text("")),
        row("resets", "as_unreachable", Faults::reset),
        row("resets in the body", "as_unreachable", Faults.then(head + "\r\n{", Faults::reset)),
        endless("hangs before the headers", SHORT, "as_timeout", Faults::hang),
        endless("hangs in the headers", SHORT, "as_timeout", Faults.then(head, Faults::hang)),
        endless(
            "hangs in the body", SHORT, "as_timeout", Faults.then(head + "\r\n{", Faults::hang)),
        endless("trickles", SHORT, "as_timeout", Faults.then(head + "\r\n", Faults::trickle)),
        endless("endless", LONG, "as_answer", Faults.then(head + "\r\n", Faults.endless(" "))),
        row("10 MB", "as_answer", says(" ".repeat(10_000_000))),
        row("204", "as_answer", RawAuthorizationServer.text("HTTP/1.1 204 X\r\n\r\n")),
        row(
            "302",
            "as_answer",
            RawAuthorizationServer.text(answer("302 X", "Location: /\r\n", ""))),
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
                answer("200 OK", "Content-Type: text/html\r\n", "<html>" + ACTIVE + "</html>"))),
        row("HTML that calls itself JSON", "as_answer", says("<html></html>")),
        row("empty", "as_answer", says("")),
        row("truncated JSON", "as_answer", says(ACTIVE.substring(0, 30))),
        row("deep JSON", "as_answer", says(deep)),
        row("duplicate keys", "as_answer", says("{\"active\":false,\"active\":true}")),
        row("active is a text", "as_answer", says("{\"active\":\"true\"}")),
        row("exp is a text", "as_answer", says(ACTIVE.replace("}", ",\"exp\":\"never\"}"))),
        row("aud is a number", "as_answer", says("{\"active\":true,\"aud\":7}")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("misbehaviours")
  void aNewTokenIsToldToComeBackAndAKnownOneServed(
      String what, Duration limit, String reason, Behaviour behaviour) throws Exception {
    if (reason.equals("as_overloaded")) {
      log.announce("circuit breaker open for PT5S: ");
    }
    AtomicBoolean finished = new AtomicBoolean();
    Semaphore arrived = new Semaphore(0);
    try (var as = new RawAuthorizationServer(says(ACTIVE));
        var server = guarded(as.origin(), "", limit)) {
      learn(server);
      as.setBehaviour(
          socket -> {
            arrived.release();
            behaviour.respond(socket);
            finished.set(true);
          });

      Future<RawResponse> refused = threads.submit(() -> ask(server, Secrets.token()));
      assertThat(arrived.tryAcquire(25, TimeUnit.SECONDS)).isTrue();
      assertServedUntilRefused(server, refused, reason);

      if (what.matches("hangs.*|trickles|endless")) {
        assertThat(finished).isFalse();
      }
      assertThat(as.requests())
          .filteredOn(request -> (request + "&").contains("token=" + known + "&"))
          .hasSize(1);
    }
  }

  @Test
  void aServerThatRefusesTheConnectionDoesNotStopAKnownToken() throws Exception {
    var as = new RawAuthorizationServer(says(ACTIVE));
    try (var server = guarded(as.origin(), "", LONG)) {
      learn(server);
      as.close();

      assertServedUntilRefused(
          server, threads.submit(() -> ask(server, Secrets.token())), "as_unreachable");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"expired", "early", "elsewhere"})
  void aServerWithABadCertificateIsNotAskedAndDoesNotStopAKnownToken(String certificate)
      throws Exception {
    try (var as = new RawAuthorizationServer(says(ACTIVE))) {
      as.enableTls(keys.context("good", "ca"));
      try (var server = guarded(as.origin(), keys.file("ca.pem"), LONG)) {
        learn(server);
        as.enableTls(keys.context(certificate, "ca"));
        assertServedUntilRefused(
            server, threads.submit(() -> ask(server, Secrets.token())), "as_unreachable");
      }
      assertThat(as.requests()).as("the one with the good certificate").hasSize(1);
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

  private static RawResponse ask(ProtectedServer server, String token) throws Exception {
    return RawClient.send(
        server.port(), RawClient.request("POST /mcp", List.of("Authorization: Bearer " + token)));
  }

  private void learn(ProtectedServer server) throws Exception {
    assertThat(ask(server, known).status()).isEqualTo(200);
    assertThat(servlet.calls()).isEqualTo(1);
  }

  private void assertServedUntilRefused(
      ProtectedServer server, Future<RawResponse> refused, String reason) throws Exception {
    log.announce("reason=" + reason);
    int served = 1;
    do {
      assertThat(ask(server, known).status()).isEqualTo(200);
      served++;
    } while (!refused.isDone());

    RawResponse answer = refused.get();
    assertThat(answer.status()).as("%s", answer).isEqualTo(503);
    new ExpectedRefusal("", "").assertMatches(answer, "-", false);
    assertThat(log.reasons()).containsExactly(reason);
    assertThat(servlet.calls()).isEqualTo(served);
    assertThat(ask(server, known).status()).isEqualTo(200);
  }
}
