package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.SelfTestReport.Finding;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The findings of the self-test and their cures. */
class SelfTestTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private FakeAuthorizationServer as;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
    as.at("/.well-known/oauth-authorization-server", json(200, metadata("")));
    as.at("/token", json(400, "{\"error\":\"unauthorized_client\"}"));
  }

  @AfterEach
  void stop() {
    as.close();
  }

  private String metadata(String more) {
    return as.metadata()
        .replace("}", ",\"token_endpoint\":\"" + as.issuer() + "/token\"" + more + "}");
  }

  private SelfTestReport report(String contextPath) throws Exception {
    List<McpAuthFilter> filters = new ArrayList<>();
    try (var server =
        new ProtectedServer(
            contextPath,
            origin ->
                context -> {
                  ProtectedServer.addServlet(context, "mcp", new CallerServlet(), "/mcp");
                  filters.add(register(context, origin));
                })) {
      assertThat(server.get("/").statusCode()).isPositive();
      return filters.get(0).selfTest();
    }
  }

  private McpAuthFilter register(ServletContext context, String origin) {
    return McpAuthFilter.register(
        context, "mcp", builder(origin + context.getContextPath()).build());
  }

  private SettingsBuilder builder(String application) {
    return TestSettings.builder()
        .resource(application + "/mcp")
        .audience("https://mcp.example/mcp")
        .issuer(as.issuer())
        .clientId("client")
        .clientSecret(Secrets.CLIENT_SECRET);
  }

  private List<String> codes() throws Exception {
    return report("/").findings().stream().map(Finding::code).toList();
  }

  private void introspection(int status, String body) {
    as.introspection(json(status, body));
  }

  @Test
  void validCredentialsPass() throws Exception {
    SelfTestReport report = report("/");

    assertThat(report.passed()).isTrue();
    assertThat(report.findings()).extracting(Finding::code).containsExactly("audience_unknown");
    assertThat(report.toString()).startsWith("self-test: passed");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          wrong credentials, RFC 7662 §2.3   | 401 | {"error":"invalid_client"} | credentials_refused
          a public client                    | 403 | {"error":"invalid_request"} | credentials_refused
          a secret that was not form-encoded | 400 | {"error":"unauthorized_client"} | credentials_refused
          not an introspection endpoint      | 404 | {} | answer_unusable
          an HTML page                       | 200 | <html> | answer_unusable
          any token is active                | 200 | {"active":true} | random_token_active
          """)
  void aFaultOfTheServerFails(String what, int status, String body, String code) throws Exception {
    introspection(status, body);

    SelfTestReport report = report("/");

    assertThat(report.passed()).isFalse();
    assertThat(report.findings()).extracting(Finding::code).containsExactly(code);
    assertThat(report.toString()).contains("FAILED", code, report.findings().get(0).cure());
  }

  @Test
  void aFilterThatIsNotMappedToTheMetadataFails() throws Exception {
    List<McpAuthFilter> filters = new ArrayList<>();
    try (var server =
        new ProtectedServer(
            "/",
            origin ->
                context -> {
                  ProtectedServer.addServlet(context, "mcp", new CallerServlet(), "/mcp");
                  filters.add(new McpAuthFilter(builder(origin).build()));
                  context
                      .addFilter("guard", filters.get(0))
                      .addMappingForServletNames(EnumSet.allOf(DispatcherType.class), false, "mcp");
                })) {
      assertThat(server.get("/").statusCode()).isEqualTo(404);

      assertThat(filters.get(0).selfTest().findings())
          .extracting(Finding::code)
          .contains("metadata_not_mapped");
    }
  }

  @Test
  void anUnreachableServerFails() throws Exception {
    int port = as.port();
    as.close();

    assertThat(codes()).containsExactly("server_unreachable");
    as = new FakeAuthorizationServer(port);
  }

  @Test
  void aDifferentlySpelledIssuerFails() throws Exception {
    as.at(
        "/.well-known/oauth-authorization-server",
        json(200, as.metadata().replace(as.issuer() + "\"", as.issuer() + "/\"")));

    assertThat(codes()).containsExactly("endpoint_not_found");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Keycloak: the introspecting client must be in aud | {"active":false} | not_in_audience
          another audience                                  | {"active":true,"token_type":"Bearer","aud":"other"} | audience_differs
          no audience                                       | {"active":true,"token_type":"Bearer"} | audience_differs
          our audience                                      | {"active":true,"token_type":"Bearer","aud":"https://MCP.example/mcp"} |
          Keycloak without its scope basic                  | {"active":true,"token_type":"Bearer","aud":"https://MCP.example/mcp","client_id":"a","username":"b","acr":"1"} | user_unknown
          """)
  void aTestTokenRevealsWhetherTheAudienceIsRight(String what, String response, String code)
      throws Exception {
    as.at("/token", json(200, "{\"access_token\":\"unspeakable-ours\",\"token_type\":\"Bearer\"}"));
    as.introspection(
        exchange -> {
          String token = as.requests().get(as.requests().size() - 1).parameter("token");
          json(200, token.equals("unspeakable-ours") ? response : "{\"active\":false}")
              .respond(exchange);
        });

    assertThat(codes()).isEqualTo(code == null ? List.of() : List.of(code));
  }

  @Test
  void aServerThatDoesNotListOurResourceIsReported() throws Exception {
    as.at(
        "/.well-known/oauth-authorization-server",
        json(200, metadata(",\"protected_resources\":[\"https://other.example\"]")));

    assertThat(codes()).containsExactly("resource_unknown", "audience_unknown"); // RFC 9728 §4
  }

  @Test
  void underAContextPathTheReportNamesThePathsToForward() throws Exception {
    Finding finding =
        report("/app").findings().stream()
            .filter(f -> f.code().equals("metadata_outside_context"))
            .findFirst()
            .orElseThrow();

    assertThat(finding.cure())
        .contains("/.well-known/oauth-protected-resource/app/mcp")
        .contains("/app/.well-known/oauth-protected-resource");
  }

  @Test
  void theReportContainsNoSecret() throws Exception {
    introspection(401, "{\"error\":\"invalid_client\"}");

    assertThat(report("/").toString()).doesNotContain("secret\"", "Basic");
    assertThat(as.introspectionRequests().get(0).parameter("token")).hasSizeGreaterThan(40);
    assertThat(report("/").toString())
        .doesNotContain(as.introspectionRequests().get(0).parameter("token"));
  }

  // The authorization server may be part of the application that stops.
  @Test
  void aSelfTestThatRunsWhenTheApplicationStopsLogsNoReport() throws Exception {
    HeldResponse held = new HeldResponse(HttpExchange::close);
    as.introspection(held);
    try (var server =
        new ProtectedServer(
            "/",
            origin ->
                context -> {
                  ProtectedServer.addServlet(context, "mcp", new CallerServlet(), "/mcp");
                  McpAuthFilter.register(context, "mcp", builder(origin).selfTest(true).build());
                })) {
      assertThat(server.get("/").statusCode()).isPositive();
      held.awaitRequests(1);
    }
    held.release();

    Await.until("the self-test has ended", () -> threads("gatehouse-self-test").isEmpty());
    assertThat(log.messages()).noneMatch(message -> message.startsWith("self-test"));
  }

  private static List<String> threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name::equals)
        .toList();
  }
}
