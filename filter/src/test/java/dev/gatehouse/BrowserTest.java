package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CORS headers of responses, refusals and preflights (Fetch standard §3.3). */
class BrowserTest {

  private static final String KNOWN_HEADERS =
      "Accept, Authorization, Content-Type, Last-Event-ID, Mcp-Method, Mcp-Name,"
          + " MCP-Protocol-Version, Mcp-Session-Id";

  @RegisterExtension final LogWatch log = new LogWatch();

  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guarded = new GuardedServer(Map.of("allowed-origins", "https://app.example"));
    guarded.as.introspection(FakeAuthorizationServer.json(200, guarded.activeResponse("")));
  }

  @AfterEach
  void stop() throws Exception {
    guarded.close();
  }

  private RawResponse send(String requestLine, String... headerLines) throws IOException {
    return RawClient.send(
        guarded.server.port(), RawClient.request(requestLine, Arrays.asList(headerLines)));
  }

  private static void assertReadable(RawResponse response) {
    assertThat(response.header("Access-Control-Allow-Origin"))
        .containsExactly("https://app.example");
    assertThat(response.header("Access-Control-Expose-Headers"))
        .containsExactly("WWW-Authenticate, Mcp-Session-Id, Retry-After");
    assertThat(response.header("Vary")).contains("Origin");
    assertThat(response.header("Access-Control-Allow-Credentials")).isEmpty();
  }

  private static void assertUnreadable(RawResponse response) {
    assertThat(response.headers().keySet()).noneMatch(name -> name.startsWith("access-control-"));
  }

  @Test
  void anAllowedOriginReadsResponsesAndRefusals() throws Exception {
    RawResponse admitted =
        send(
            "POST /mcp", "Origin: https://app.example", "Authorization: Bearer " + Secrets.token());
    RawResponse refused = send("POST /mcp", "Origin: https://app.example");

    assertThat(admitted.status()).isEqualTo(200);
    assertReadable(admitted);
    assertThat(refused.status()).isEqualTo(401);
    assertReadable(refused);
    assertThat(refused.header("WWW-Authenticate")).hasSize(1);
  }

  @Test
  void aForeignOriginReadsNothing() throws Exception {
    RawResponse refused =
        send(
            "POST /mcp",
            "Origin: https://evil.example",
            "Authorization: Bearer " + Secrets.token());
    RawResponse preflight =
        send("OPTIONS /mcp", "Origin: https://evil.example", "Access-Control-Request-Method: POST");

    assertThat(refused.status()).isEqualTo(403);
    assertUnreadable(refused);
    assertThat(preflight.status()).isEqualTo(403);
    assertUnreadable(preflight);
    assertThat(guarded.servlet.calls()).isZero();
    assertThat(guarded.as.requests()).isEmpty();
  }

  @Test
  void aRequestWithoutOriginGetsNoCorsHeaders() throws Exception {
    assertUnreadable(send("POST /mcp", "Authorization: Bearer " + Secrets.token()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no requested headers |                                          |
          common headers       | authorization,content-type               | authorization,content-type
          headers with spaces  | authorization, mcp-session-id            | authorization, mcp-session-id
          a name with a space  | authorization, a b                       |
          a name with a colon  | x:y                                      |
          a wildcard           | *                                        |
          only a comma         | ,                                        |
          """)
  void aPreflightNeedsNoToken(String what, String requested, String allowed) throws Exception {
    RawResponse response =
        send(
            "OPTIONS /mcp",
            "Origin: https://app.example",
            "Access-Control-Request-Method: POST",
            requested == null ? "X-None: 1" : "Access-Control-Request-Headers: " + requested);

    assertThat(response.status()).isEqualTo(204);
    assertReadable(response);
    assertThat(response.header("Access-Control-Allow-Methods"))
        .containsExactly("GET, POST, DELETE, OPTIONS");
    assertThat(response.header("Access-Control-Allow-Headers"))
        .containsExactly(allowed == null ? KNOWN_HEADERS : allowed);
    assertThat(response.header("Access-Control-Max-Age")).containsExactly("7200");
    assertThat(response.body()).isEmpty();
    assertThat(guarded.servlet.calls()).isZero();
    assertThat(guarded.as.requests()).isEmpty();
  }
}
