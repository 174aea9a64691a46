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

/** What pages of other origins may read (Fetch standard §3.3), down to each header. */
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

  private RawResponse ask(String requestLine, String... headerLines) throws IOException {
    return RawClient.send(
        guarded.server.port(), RawClient.request(requestLine, Arrays.asList(headerLines)));
  }

  private static void assertReadable(RawResponse answer) {
    assertThat(answer.header("Access-Control-Allow-Origin")).containsExactly("https://app.example");
    assertThat(answer.header("Access-Control-Expose-Headers"))
        .containsExactly("WWW-Authenticate, Mcp-Session-Id");
    assertThat(answer.header("Vary")).contains("Origin");
    assertThat(answer.header("Access-Control-Allow-Credentials")).isEmpty();
  }

  private static void assertUnreadable(RawResponse answer) {
    assertThat(answer.headers().keySet()).noneMatch(name -> name.startsWith("access-control-"));
  }

  @Test
  void aPageOfAnAllowedOriginReadsAnAnswerAndARefusalAlike() throws Exception {
    RawResponse admitted =
        ask("POST /mcp", "Origin: https://app.example", "Authorization: Bearer " + Secrets.token());
    RawResponse refused = ask("POST /mcp", "Origin: https://app.example");

    assertThat(admitted.status()).isEqualTo(200);
    assertReadable(admitted);
    assertThat(refused.status()).isEqualTo(401);
    assertReadable(refused);
    assertThat(refused.header("WWW-Authenticate")).hasSize(1);
  }

  @Test
  void aForeignPageReadsNothing() throws Exception {
    RawResponse refused =
        ask(
            "POST /mcp",
            "Origin: https://evil.example",
            "Authorization: Bearer " + Secrets.token());
    RawResponse preflight =
        ask("OPTIONS /mcp", "Origin: https://evil.example", "Access-Control-Request-Method: POST");

    assertThat(refused.status()).isEqualTo(403);
    assertUnreadable(refused);
    assertThat(preflight.status()).isEqualTo(403);
    assertUnreadable(preflight);
    assertThat(guarded.servlet.calls()).isZero();
    assertThat(guarded.as.requests()).isEmpty();
  }

  @Test
  void whoIsNoBrowserGetsNoneOfThis() throws Exception {
    assertUnreadable(ask("POST /mcp", "Authorization: Bearer " + Secrets.token()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no headers named       |                                          |
          the usual ones         | authorization,content-type               | authorization,content-type
          with spaces            | authorization, mcp-session-id            | authorization, mcp-session-id
          one that is no name    | authorization, a b                       |
          one with a line's end  | x:y                                      |
          a star                 | *                                        |
          nothing but a comma    | ,                                        |
          """)
  void aPreflightIsAnsweredWithoutAToken(String what, String asked, String allowed)
      throws Exception {
    RawResponse answer =
        ask(
            "OPTIONS /mcp",
            "Origin: https://app.example",
            "Access-Control-Request-Method: POST",
            asked == null ? "X-None: 1" : "Access-Control-Request-Headers: " + asked);

    assertThat(answer.status()).isEqualTo(204);
    assertReadable(answer);
    assertThat(answer.header("Access-Control-Allow-Methods"))
        .containsExactly("GET, POST, DELETE, OPTIONS");
    assertThat(answer.header("Access-Control-Allow-Headers"))
        .containsExactly(allowed == null ? KNOWN_HEADERS : allowed);
    assertThat(answer.header("Access-Control-Max-Age")).containsExactly("7200");
    assertThat(answer.body()).isEmpty();
    assertThat(guarded.servlet.calls()).isZero();
    assertThat(guarded.as.requests()).isEmpty();
  }
}
