package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static dev.gatehouse.testing.FakeAuthorizationServer.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.discovery.SharedFetch;
import dev.gatehouse.internal.endpoint.ForwardedServerMetadata;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.time.Duration;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Forwards authorization server metadata to clients of MCP 2025-03-26, which request it from the
 * MCP server.
 */
class ForwardedServerMetadataTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private static final String PATH = "/.well-known/oauth-authorization-server";

  private final ManualClock clock = new ManualClock(ManualClock.NOW);

  private ProtectedServer guarded(FakeAuthorizationServer as, boolean forward) throws Exception {
    return ProtectedServer.guarding(
        new CallerServlet(),
        clock,
        origin ->
            TestSettings.builder()
                .resource(origin + "/mcp")
                .issuer(as.issuer())
                .clientId("client")
                .clientSecret(Secrets.CLIENT_SECRET)
                .forwardAuthorizationServerMetadata(forward)
                .requestTimeout(Duration.ofMinutes(1))
                .build());
  }

  @Test
  void forwardingIsOffByDefault() throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = guarded(as, false)) {
      assertThat(server.get(PATH).statusCode()).isEqualTo(404);
      assertThat(as.requests()).isEmpty();
    }
  }

  @Test
  void metadataIsFetchedOnceAndReadableFromAnyOrigin() throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = guarded(as, true)) {
      var response = server.get(PATH, "Origin", "https://inspector.example");

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo(as.metadata());
      assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
      assertThat(server.get(PATH).body()).isEqualTo(as.metadata());
      assertThat(as.requests()).hasSize(1);
    }
  }

  @Test
  void aFailedFetchMeans503AndIsRetriedAfterAPause() throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = guarded(as, true)) {
      as.at(PATH, json(500, "{}"));
      assertThat(server.get(PATH).statusCode()).isEqualTo(503);

      as.at(PATH, json(200, as.metadata()));
      clock.advance(SharedFetch.PAUSE.minusMillis(1));
      assertThat(server.get(PATH).statusCode()).isEqualTo(503);
      clock.advance(Duration.ofMillis(1));
      assertThat(server.get(PATH).statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an error          | 500 | application/json | {}               | 2
          no metadata       | 404 | text/plain       | Not Found        | 2
          not JSON          | 200 | text/html        | <html>           | 2
          another issuer    | 200 | application/json | {"issuer":"x:y"} | 2
          """)
  void strangersCannotCauseMoreThanOneFetchInAPause(
      String what, int status, String type, String body, int requestsOfOneFetch) throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = guarded(as, true)) {
      assertThat(server.get(PATH).statusCode()).isEqualTo(200); // the one that becomes stale
      clock.advance(Duration.ofMinutes(5));
      as.clearRequests();
      as.at(PATH, response(status, type, body));
      for (int i = 0; i < 50; i++) {
        assertThat(server.get(PATH).statusCode()).isEqualTo(200);
      }
      assertThat(as.requests()).hasSize(requestsOfOneFetch);

      clock.advance(SharedFetch.PAUSE);
      for (int i = 0; i < 50; i++) {
        assertThat(server.get(PATH).statusCode()).isEqualTo(200);
      }
      assertThat(as.requests()).hasSize(2 * requestsOfOneFetch);
    }
  }

  @Test
  void strangersCannotCauseFetchesFromAServerThatHasNeverResponded() throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = guarded(as, true)) {
      as.at(PATH, json(500, "{}"));
      for (int i = 0; i < 50; i++) {
        assertThat(server.get(PATH).statusCode()).isEqualTo(503);
      }
      assertThat(as.requests()).hasSize(2);
    }
  }

  @ParameterizedTest(name = "with an old document: {0}")
  @CsvSource({"false, 503", "true, 200"})
  void aHangingServerBlocksOneThreadAtATime(boolean old, int statusWhileItHangs) throws Exception {
    ExecutorService callers = Executors.newCachedThreadPool();
    try (var as = new FakeAuthorizationServer();
        var server = guarded(as, true)) {
      if (old) {
        assertThat(server.get(PATH).statusCode()).isEqualTo(200);
        clock.advance(Duration.ofMinutes(5));
      }
      HeldResponse metadata = new HeldResponse(json(200, as.metadata()));
      as.at(PATH, metadata);
      var statuses = new ExecutorCompletionService<Integer>(callers);
      int others = ForwardedServerMetadata.MAX_WAITING + 4;
      for (int i = 0; i < others + 1; i++) {
        statuses.submit(() -> server.get(PATH).statusCode());
      }
      for (int i = 0; i < others; i++) {
        Future<Integer> first = statuses.poll(60, TimeUnit.SECONDS);
        assertThat(first).as("status while the server hangs").isNotNull();
        assertThat(first.get()).isEqualTo(statusWhileItHangs);
      }
      metadata.awaitRequests(1);
      metadata.release();
      assertThat(statuses.take().get()).isEqualTo(200);
      assertThat(as.requests()).hasSize(old ? 2 : 1);
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void callersThatArriveTogetherShareTheFirstFetch() throws Exception {
    ExecutorService callers = Executors.newCachedThreadPool();
    try (var as = new FakeAuthorizationServer();
        var server = guarded(as, true)) {
      var statuses = new ExecutorCompletionService<Integer>(callers);
      for (int i = 0; i < ForwardedServerMetadata.MAX_WAITING; i++) {
        statuses.submit(() -> server.get(PATH).statusCode());
      }
      for (int i = 0; i < ForwardedServerMetadata.MAX_WAITING; i++) {
        assertThat(statuses.take().get()).isEqualTo(200);
      }
      assertThat(as.requests()).hasSize(1);
    } finally {
      callers.shutdownNow();
    }
  }
}
