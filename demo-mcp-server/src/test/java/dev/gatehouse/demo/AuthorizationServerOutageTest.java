package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.LogsWarning;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Responses during an outage of the authorization server: never a 401, which would log clients out.
 */
class AuthorizationServerOutageTest {

  @LogsWarning(
      value = "refused: reason=as_",
      maybe = {"self-test: FAILED", "circuit breaker open", "circuit breaker closed"})
  @Test
  void anOutageIsRefusedWith503AndRetryAfterUntilTheAuthorizationServerIsBack() throws Exception {
    String resource = "http://127.0.0.1/mcp";
    try (var authorizationServer = new StandaloneAuthorizationServer(resource)) {
      TokenEndpoint tokens = TokenEndpoint.of(authorizationServer.issuer());
      String first = tokens.token("notes:read", resource);
      String second = tokens.token("notes:read", resource);
      authorizationServer.stop();
      // The demo starts without the authorization server: discovery happens on demand.
      try (RunningDemo demo = RunningDemo.start(environment(authorizationServer, resource))) {
        assertOutage(demo, first);
        authorizationServer.startAgain();
        // The failed discovery is remembered for three seconds.
        Await.until(
            "the request is admitted",
            () -> initialize(demo, first).statusLine().equals("HTTP/1.1 200 OK"));
        authorizationServer.stop();
        assertOutage(demo, second);
        authorizationServer.startAgain();
        assertThat(initialize(demo, second).statusLine()).isEqualTo("HTTP/1.1 200 OK");
      }
    }
  }

  private static Map<String, String> environment(
      StandaloneAuthorizationServer authorizationServer, String resource) {
    return Map.of(
        "GATEHOUSE_ISSUER",
        authorizationServer.issuer(),
        "GATEHOUSE_RESOURCE",
        resource,
        "GATEHOUSE_CLIENT_ID",
        EmbeddedAuthorizationServer.RESOURCE_SERVER_ID,
        "GATEHOUSE_CLIENT_SECRET",
        EmbeddedAuthorizationServer.RESOURCE_SERVER_SECRET);
  }

  private static void assertOutage(RunningDemo demo, String token) throws IOException {
    RawHttp.Response response = initialize(demo, token);

    assertThat(response.statusLine()).isEqualTo("HTTP/1.1 503 Service Unavailable");
    assertThat(response.header("Retry-After").orElseThrow()).matches("Retry-After: [1-9][0-9]*");
    assertThat(response.headers()).noneMatch(header -> header.startsWith("WWW-Authenticate"));
  }

  private static RawHttp.Response initialize(RunningDemo demo, String token) throws IOException {
    return RawHttp.exchange(
        demo.port(), "POST /mcp", McpSession.headers(token), McpSession.INITIALIZE);
  }
}
