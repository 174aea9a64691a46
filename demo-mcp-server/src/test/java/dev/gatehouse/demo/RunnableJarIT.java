package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar in a separate process. */
class RunnableJarIT {

  private static final String LIST_NOTES =
      "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\","
          + "\"params\":{\"name\":\"list_notes\",\"arguments\":{}}}";
  private static final String ADD_NOTE =
      "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\","
          + "\"params\":{\"name\":\"add_note\",\"arguments\":{\"text\":\"remember\"}}}";

  @Test
  void theThreePrintedLinesSendTheDescribedRequests() throws Exception {
    try (DemoProcess demo = DemoProcess.started("--port", "0")) {
      URI endpoint = URI.create(demo.line("curl ").substring("curl -i ".length()));
      int port = endpoint.getPort();
      RawHttp.Response refused = RawHttp.exchange(port, "GET " + endpoint.getPath(), List.of(), "");
      assertThat(refused.statusLine()).isEqualTo("HTTP/1.1 401 Unauthorized");

      String tokenLine = demo.line("TOKEN=");
      String origin = "http://127.0.0.1:" + port;
      assertThat(tokenLine)
          .contains(
              "-u demo-client:demo-client-secret ",
              " -d grant_type=client_credentials ",
              " 'resource=" + endpoint + "' ",
              " " + origin + "/oauth/token ");
      String scope = all(tokenLine, "'scope=([^']+)'").get(0);
      String token = TokenEndpoint.of(origin).token(scope, endpoint.toString());

      String toolLine = demo.line("mcp() ");
      assertThat(toolLine).contains("curl -s " + endpoint + " -H \"Authorization: Bearer $TOKEN\"");
      assertThat(all(toolLine, "-H '([^']+)'"))
          .containsExactlyElementsOf(McpSession.headers(token).subList(1, 3));
      List<String> messages = all(toolLine, "-d '(\\{[^']+)'");
      assertThat(messages).hasSize(3);
      RawHttp.Response initialized =
          RawHttp.exchange(port, "POST /mcp", McpSession.headers(token), messages.get(0));
      String sessionId =
          initialized.header("Mcp-Session-Id").orElseThrow().replaceFirst("^[^:]*: *", "");
      var session = new McpSession(port, token, sessionId);
      assertThat(session.post(messages.get(1)).status()).isEqualTo(202);
      assertThat(session.post(messages.get(2)).body())
          .contains("\"clientId\":\"demo-client\",\"scopes\":[\"notes:read\",\"notes:write\"]");

      assertThat(demo.line("Live charts")).endsWith(" " + origin + "/status");
      assertThat(RawHttp.exchange(port, "GET /status", List.of(), "").body())
          .startsWith("<!doctype html>");
      assertThat(RawHttp.exchange(port, "GET /metrics", List.of(), "").body())
          .contains("\nprocess_uptime_seconds ");
    }
  }

  @Test
  void theJarContainsItsLoggingImplementation() throws Exception {
    try (DemoProcess demo = DemoProcess.started("--port", "0")) {
      assertThat(demo.terminate()).isEqualTo(143);
      assertThat(demo.errors()).contains(" guards http://127.0.0.1:").doesNotContain("SLF4J");
    }
  }

  @Test
  void sigtermStopsTheDemoCleanlyWhileAnEventStreamIsOpen() throws Exception {
    try (DemoProcess demo = DemoProcess.started("--port", "0")) {
      int port = port(demo);
      McpSession session = McpSession.open(port, token(port));
      try (var stream = new RawHttp(port)) {
        stream.send("GET /mcp", session.sessionHeaders(), "");
        stream.head();

        // 128 + 15: terminated by SIGTERM, after the shutdown hook
        assertThat(demo.terminate()).isEqualTo(143);

        assertThat(stream.rest()).doesNotContain("data:");
      }
      assertThat(demo.errors()).doesNotContain("not stop cleanly", "not closed cleanly", "\tat ");
    }
  }

  // SIGTERM to Maven does not reach the processes that Maven started.
  @Test
  void stopWithParentEndsTheDemoWhenItsParentEnds() throws Exception {
    try (DemoProcess shell = DemoProcess.startedByShell("--port", "0", "--stop-with-parent")) {
      ProcessHandle demo = shell.child();
      try {
        assertThat(shell.terminate()).isEqualTo(143);

        demo.onExit().get(DemoProcess.TIMEOUT_SECONDS, TimeUnit.SECONDS);
      } finally {
        demo.destroyForcibly();
      }
      assertThat(shell.errors()).doesNotContain("not stop cleanly", "not closed cleanly", "\tat ");
    }
  }

  @Test
  void notesSurviveSigterm(@TempDir Path directory) throws Exception {
    int port;
    try (DemoProcess demo = DemoProcess.started("--port", "0", "--data", directory.toString())) {
      port = port(demo);
      McpSession.open(port, token(port)).post(ADD_NOTE);
      demo.terminate();
    }
    try (DemoProcess demo =
        DemoProcess.started("--port", "" + port, "--data", directory.toString())) {
      assertThat(McpSession.open(port, token(port)).post(LIST_NOTES).body()).contains("remember");
      demo.terminate();
    }
  }

  @Test
  void revokedAndValidTokensKeepTheirStateWhenTheDemoIsKilled(@TempDir Path directory)
      throws Exception {
    int port;
    String origin;
    String valid;
    String revoked;
    PublicClient application;
    Browser browser = new Browser();
    PublicClient.Tokens ofAlice;
    try (DemoProcess demo = DemoProcess.started("--port", "0", "--data", directory.toString())) {
      port = port(demo);
      origin = "http://127.0.0.1:" + port;
      application = PublicClient.register(origin, origin + "/mcp");
      ofAlice = application.logIn(browser, "alice");
      valid = token(port);
      revoked = token(port);
      assertThat(TokenEndpoint.of(origin).revoke(revoked)).isEqualTo(200);
      demo.kill();
    }
    try (DemoProcess demo =
        DemoProcess.started("--port", "" + port, "--data", directory.toString())) {
      assertThat(TokenEndpoint.isActive(origin, valid)).isTrue();
      assertThat(TokenEndpoint.isActive(origin, revoked)).isFalse();
      assertThat(TokenEndpoint.isActive(origin, ofAlice.access())).isTrue();
      // The client, its refresh token and the login of the browser are still valid too.
      assertThat(application.refresh(ofAlice).access()).isNotEqualTo(ofAlice.access());
      assertThat(TokenEndpoint.isActive(origin, application.consent(browser).access())).isTrue();
      demo.terminate();
      assertThat(demo.errors()).doesNotContain("WARN", "ERROR", "\tat ");
    }
  }

  @Test
  void twoDemosCannotUseTheSameDataDirectory(@TempDir Path directory) throws Exception {
    try (DemoProcess first = DemoProcess.started("--port", "0", "--data", directory.toString());
        DemoProcess second = DemoProcess.ended("--port", "0", "--data", directory.toString())) {
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.errors().lines())
          .singleElement()
          .asString()
          .contains("another process has opened them");
      assertThat(first.printed()).isNotEmpty();
    }
  }

  @Test
  void aPortInUseIsReportedInOneLine() throws Exception {
    try (DemoProcess first = DemoProcess.started("--port", "0");
        DemoProcess second = DemoProcess.ended("--port", "" + port(first))) {
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.errors().lines()).singleElement().asString().contains("in use");
      assertThat(second.printed()).isEmpty();
    }
  }

  @Test
  void theVersionIsTheVersionOfTheBuild() throws Exception {
    try (DemoProcess demo = DemoProcess.ended("--version")) {
      assertThat(demo.printed())
          .containsExactly("gatehouse-demo " + System.getProperty("demo.version"));
      assertThat(demo.exitCode()).isZero();
    }
  }

  private static int port(DemoProcess demo) {
    return URI.create(demo.line("curl ").substring("curl -i ".length())).getPort();
  }

  private static String token(int port) {
    String origin = "http://127.0.0.1:" + port;
    return TokenEndpoint.of(origin).token("notes:read notes:write", origin + "/mcp");
  }

  private static List<String> all(String line, String pattern) {
    return Pattern.compile(pattern)
        .matcher(line)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
