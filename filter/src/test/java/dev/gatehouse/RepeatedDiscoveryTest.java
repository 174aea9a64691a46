package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.discovery.SharedFetch;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.FakeAuthorizationServer.ReceivedRequest;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Anyone can send tokens, so tokens cannot cause one discovery each while discovery fails. */
class RepeatedDiscoveryTest {

  private static final String OAUTH = "/.well-known/oauth-authorization-server";

  @RegisterExtension final LogWatch log = new LogWatch();

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private FakeAuthorizationServer as;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
  }

  @AfterEach
  void stop() {
    as.close();
  }

  private ProtectedServer guarded() throws Exception {
    return guarded(Duration.ZERO);
  }

  private ProtectedServer guarded(Duration breakerWait) throws Exception {
    return ProtectedServer.guarding(
        new CallerServlet(),
        clock,
        origin ->
            TestSettings.builder()
                .resource(origin + "/mcp")
                .issuer(as.issuer())
                .clientId("mcp-filter")
                .clientSecret(Secrets.CLIENT_SECRET)
                .breakerWait(breakerWait)
                .build());
  }

  private List<String> requestedPaths() {
    return as.requests().stream().map(ReceivedRequest::path).toList();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an error            | 500 | {}               | 2
          not JSON            | 200 | []               | 2
          no endpoint         | 200 | {"issuer":"{as}"}  | 4
          an invalid endpoint | 200 | {"issuer":"{as}","introspection_endpoint":"x:y"} | 2
          """)
  void strangersTokensCannotCauseAFetchEach(
      String what, int status, String metadata, int mostRequests) throws Exception {
    log.announce("reason=as_discovery");
    as.at(OAUTH, json(status, metadata.replace("{as}", as.issuer())));
    try (var server = guarded()) {
      for (int i = 0; i < 30; i++) {
        assertThat(server.status(Secrets.token())).isEqualTo(503);
      }
    }
    assertThat(as.requests()).hasSizeLessThanOrEqualTo(mostRequests);
  }

  @Test
  void anEndpointThatIsMissingCausesOneNewDiscoveryInAPause() throws Exception {
    log.announce("reason=as_answer");
    as.introspection(json(404, "{}"));
    try (var server = guarded()) {
      for (int i = 0; i < 30; i++) {
        assertThat(server.status(Secrets.token())).isEqualTo(503);
      }
      assertThat(requestedPaths()).filteredOn(OAUTH::equals).hasSize(2);

      clock.advance(SharedFetch.PAUSE);
      assertThat(server.status(Secrets.token())).isEqualTo(503);
      assertThat(server.status(Secrets.token())).isEqualTo(503);
      assertThat(requestedPaths()).filteredOn(OAUTH::equals).hasSize(3);
    }
  }

  /** Unannounced, a circuit breaker that opens would fail the test. */
  @Test
  void aRememberedFailureDoesNotOpenTheCircuitBreakerOfAServerThatIsHealthyAgain()
      throws Exception {
    log.announce("reason=as_discovery");
    as.at(OAUTH, json(500, "{}"));
    try (var server = guarded(Duration.ofMinutes(1))) {
      assertThat(server.status(Secrets.token())).isEqualTo(503);

      as.at(OAUTH, json(200, as.metadata()));
      Await.until("used again", () -> server.status(Secrets.token()) == 401);
    }
  }
}
