package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole way once more by plain HTTP: the very bytes that any client, of any make, will see. */
class WholeWayByteByByteTest {

  private RunningDemo demo;

  @BeforeEach
  void start() throws StartFailedException {
    demo = RunningDemo.start();
  }

  @AfterEach
  void stop() {
    demo.close();
  }

  // RFC 6750 §3: no error code when the request carried no credentials; RFC 9728 §5.1
  @Test
  void withoutATokenTheAnswerSaysWhereToGetOne() throws IOException {
    RawHttp.Answer answer = post(List.of("Accept: application/json, text/event-stream"));

    assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 401 Unauthorized");
    assertThat(answer.header("WWW-Authenticate"))
        .contains(
            "WWW-Authenticate: Bearer resource_metadata=\""
                + demo.origin()
                + "/.well-known/oauth-protected-resource/mcp\", scope=\"notes:read notes:write\"");
    assertThat(answer.header("Cache-Control")).contains("Cache-Control: no-store");
    assertThat(answer.header("Content-Type")).contains("Content-Type: application/json");
    assertThat(answer.header("Server")).isEmpty();
    assertThat(Json.object(answer.body())).containsOnlyKeys("error", "error_description");
  }

  // RFC 6750 §3.1
  @Test
  void aRevokedTokenIsRefusedAsInvalidAndNoReasonIsGiven() throws IOException {
    String token = demo.token("notes:read");
    assertThat(post(McpSession.headers(token)).statusLine()).isEqualTo("HTTP/1.1 200 OK");
    assertThat(TokenEndpoint.of(demo.origin()).revoke(token)).isEqualTo(200);

    RawHttp.Answer answer = post(McpSession.headers(token));

    assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 401 Unauthorized");
    assertThat(answer.header("WWW-Authenticate").orElseThrow())
        .startsWith(
            "WWW-Authenticate: Bearer resource_metadata=\""
                + demo.origin()
                + "/.well-known/oauth-protected-resource/mcp\", scope=\"notes:read notes:write\","
                + " error=\"invalid_token\", error_description=\"");
    assertThat(answer.toString()).doesNotContain(token).doesNotContainIgnoringCase("revoked");
    assertThat(answer.body()).isEqualTo(post(McpSession.headers("no-such-token")).body());
  }

  // RFC 6750 §3.1, MCP authorization: the 403 names all scopes that are needed
  @Test
  void aTokenWithoutTheScopesOfTheEndpointIsRefusedWithThoseToAskFor() throws Exception {
    Map<String, String> demanding = Map.of("GATEHOUSE_REQUIRED_SCOPES", "notes:read notes:write");
    try (RunningDemo strict = RunningDemo.start(demanding)) {
      RawHttp.Answer answer =
          RawHttp.exchange(
              strict.port(),
              "POST /mcp",
              McpSession.headers(strict.token("notes:write")),
              McpSession.INITIALIZE);

      assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 403 Forbidden");
      assertThat(answer.header("WWW-Authenticate").orElseThrow())
          .startsWith(
              "WWW-Authenticate: Bearer resource_metadata=\""
                  + strict.origin()
                  + "/.well-known/oauth-protected-resource/mcp\","
                  + " scope=\"notes:read notes:write\", error=\"insufficient_scope\"");
    }
  }

  // RFC 9728 §3: the well-known part goes between host and path; the root form is a second place
  @Test
  void theMetadataIsTheSameInBothPlaces() throws IOException {
    RawHttp.Answer byPath = get("/.well-known/oauth-protected-resource/mcp");

    assertThat(byPath.statusLine()).isEqualTo("HTTP/1.1 200 OK");
    assertThat(byPath.header("Access-Control-Allow-Origin"))
        .contains("Access-Control-Allow-Origin: *");
    assertThat(Json.object(byPath.body()))
        .containsEntry("resource", demo.endpoint())
        .containsEntry("authorization_servers", List.of(demo.origin()))
        .containsEntry("bearer_methods_supported", List.of("header"));
    assertThat(get("/.well-known/oauth-protected-resource").body()).isEqualTo(byPath.body());
  }

  @Test
  void withATokenASessionBeginsAndTheToolKnowsTheCaller() throws IOException {
    McpSession session = McpSession.open(demo.port(), demo.token("notes:read notes:write"));

    RawHttp.Answer answer =
        session.post(
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\","
                + "\"params\":{\"name\":\"whoami\",\"arguments\":{}}}");

    assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 200 OK");
    assertThat(answer.body())
        .contains("\"clientId\":\"demo-client\",\"scopes\":[\"notes:read\",\"notes:write\"]");
  }

  // MCP transport: a session is no credential
  @Test
  void aSessionIdWithoutATokenOpensNothing() throws IOException {
    McpSession session = McpSession.open(demo.port(), demo.token("notes:read"));
    List<String> withoutToken =
        session.sessionHeaders().stream().filter(h -> !h.startsWith("Authorization")).toList();

    for (String method : List.of("GET", "POST", "DELETE", "PUT", "HEAD")) {
      assertThat(RawHttp.exchange(demo.port(), method + " /mcp", withoutToken, "").statusLine())
          .as(method)
          .isEqualTo("HTTP/1.1 401 Unauthorized");
    }
  }

  @Test
  void theDemoResourceServerMayIntrospectAndNothingElse() {
    Map<String, Object> metadata =
        Json.object(
            TokenEndpoint.get(demo.origin() + "/.well-known/oauth-authorization-server").body());

    assertThat(metadata)
        .containsEntry("introspection_endpoint", demo.origin() + "/oauth/introspect");
    int status =
        TokenEndpoint.tokenStatus(
            demo.origin() + "/oauth/token",
            EmbeddedAuthorizationServer.RESOURCE_SERVER_ID,
            EmbeddedAuthorizationServer.RESOURCE_SERVER_SECRET);
    assertThat(status).isEqualTo(400);
  }

  private RawHttp.Answer post(List<String> headers) throws IOException {
    return RawHttp.exchange(demo.port(), "POST /mcp", headers, McpSession.INITIALIZE);
  }

  private RawHttp.Answer get(String path) throws IOException {
    return RawHttp.exchange(demo.port(), "GET " + path, List.of(), "");
  }
}
