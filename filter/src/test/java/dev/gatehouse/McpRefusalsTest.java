package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.refusal.AuditLog;
import dev.gatehouse.internal.refusal.RefusalLog;
import dev.gatehouse.internal.refusal.RefusalWriter;
import dev.gatehouse.internal.servlet.ClientAddresses;
import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.servlet.OriginPolicy;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.McpCall;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.Refusal.Needed;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers and logs get from refusals of MCP messages. */
class McpRefusalsTest {

  private static final String METADATA = "https://mcp.example/.well-known/oauth-protected-resource";

  private static final RefusalWriter WRITER =
      new RefusalWriter(METADATA, Set.of("first"), List.of("2025-11-25"));

  @RegisterExtension final LogWatch log = new LogWatch();

  /** Refuses every request. */
  private record Refusing(Refusal refusal, AuditLog audit) {
    HttpServlet servlet() {
      return new HttpServlet() {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
          IncomingRequest incoming =
              new IncomingRequest(request, new OriginPolicy(Set.of()), new ClientAddresses(0));
          RefusalLog.write(refusal, incoming);
          audit.refused(refusal, incoming);
          audit.admitted(server(), claims(), refusal.mcp().call(), incoming);
          WRITER.write(refusal, response);
        }
      };
    }
  }

  private static TrustedServer server() {
    return new TrustedServer(
        "as", null, null, new AudienceAlternative.Refused(), false, TrustLimits.NONE);
  }

  private static TokenClaims claims() {
    var terms =
        new TokenClaims.Terms("c", null, List.of(), Set.of(), null, null, null, false, false);
    return new TokenClaims("alice", terms, TokenClaims.NEVER, 0, Map.of());
  }

  private static HttpResponse<String> response(Refusal refusal, String... headers)
      throws Exception {
    HttpServlet servlet = new Refusing(refusal, new AuditLog(true)).servlet();
    try (var server =
        new ProtectedServer(
            "/",
            origin -> context -> ProtectedServer.addServlet(context, "mcp", servlet, "/mcp"))) {
      return server.get("/mcp", headers);
    }
  }

  private static String challenge(HttpResponse<String> response) {
    return response.headers().firstValue("WWW-Authenticate").orElse("none");
  }

  private static Refusal tooOld() {
    return Refusal.because(Reason.AUTHENTICATION, "the login is too old")
        .naming(new Needed(Set.of("notes:write"), List.of("gold"), Duration.ofMinutes(5)))
        .ofRequest("7")
        .ofCall(new McpCall("tools/call", "delete_note"));
  }

  @Test
  void aLoginThatIsTooOldGetsAChallengeForAnotherOne() throws Exception {
    HttpResponse<String> response = response(tooOld());

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(challenge(response))
        .isEqualTo(
            "Bearer resource_metadata=\""
                + METADATA
                + "\", scope=\"notes:write\", error=\"insufficient_user_authentication\","
                + " acr_values=\"gold\", max_age=\"300\","
                + " error_description=\"A more recent or stronger login is required\"");
    assertThat(response.body())
        .isEqualTo(
            "{\"error\":\"insufficient_user_authentication\",\"error_description\":\"A more recent"
                + " or stronger login is required\"}");
  }

  @Test
  void theSameAsAToolsResultIsA200WithTheChallengeInside() throws Exception {
    HttpResponse<String> response = response(tooOld().asToolResult());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(challenge(response)).isEqualTo("none");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(response.body())
        .startsWith("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{")
        .contains("\"_meta\":{\"mcp/www_authenticate\":[\"Bearer resource_metadata=\\\"")
        .contains("max_age=\\\"300\\\"");
    assertThat(log.messages("INFO"))
        .anyMatch(line -> line.contains("refused: reason=authentication status=200 method=GET"));
  }

  @Test
  void aDeniedCallGetsAnErrorOfJsonRpcAndNoChallenge() throws Exception {
    HttpResponse<String> response =
        response(Refusal.because(Reason.MCP_DENIED, "no rule").ofRequest("\"ä\""));

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(challenge(response)).isEqualTo("none");
    assertThat(response.body())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"ä\",\"error\":{\"code\":-32600,\"message\":\"This call is"
                + " not allowed here\"}}");
  }

  @Test
  void anUnsupportedVersionGetsTheSupportedOnes() throws Exception {
    HttpResponse<String> response =
        response(Refusal.because(Reason.MCP_VERSION, "unknown").ofVersion("1"));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .contains("\"code\":-32022,")
        .contains("\"data\":{\"supported\":[\"2025-11-25\"],\"requested\":\"1\"}");
  }

  @Test
  void theLogsSayWhatWasCalled() throws Exception {
    String token = Secrets.token();
    response(
        tooOld(),
        "Authorization",
        "Bearer " + token,
        "Mcp-Method",
        "tools/call",
        "Mcp-Name",
        "forged");
    String hash = new BearerToken(token).hashPrefix();

    assertThat(log.messages("INFO"))
        .contains(
            "INFO refused: reason=authentication status=401 method=GET call=tools/call"
                + " name=delete_note token="
                + hash
                + " peer=127.0.0.1: the login is too old");
    assertThat(log.auditLines())
        .containsExactly(
            "outcome=refused reason=authentication status=401 method=GET call=tools/call"
                + " tool=delete_note peer=127.0.0.1 token="
                + hash,
            "outcome=admitted reason=none client=c user=alice method=GET call=tools/call"
                + " tool=delete_note peer=127.0.0.1 token="
                + hash);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          resources/read | notes://1                   | call=resources/read name=notes://1
          batch          |                             | call=batch
          tools/call     | a reason=none "x"           | call=tools/call {}=a?reason=none??x?
          a status=200   | x                           | call=a?status=200 name=x
          """)
  void aNameCannotForgeALogLine(String method, String name, String expected) throws Exception {
    response(tooOld().ofCall(new McpCall(method, name)));

    assertThat(log.messages("INFO"))
        .anyMatch(line -> line.contains(expected.replace("{}", "name") + " token=- peer="));
    assertThat(log.auditLines().get(0))
        .contains(expected.replace("{}", "tool") + " peer=127.0.0.1 token=-");
  }

  @Test
  void aTokenInANameIsNotLogged() throws Exception {
    String token = Secrets.token();
    response(
        tooOld().ofCall(new McpCall("tools/call", "x" + token)),
        "Authorization",
        "Bearer " + token);

    assertThat(log.auditLines().get(0)).contains(" tool=x(the?token) ");
  }
}
