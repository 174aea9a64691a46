package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole flow over plain HTTP, with the exact bytes that clients receive. */
class EndToEndHttpTest {

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
  void aRequestWithoutATokenIsChallengedWithTheMetadataUri() throws IOException {
    RawHttp.Response response = post(List.of("Accept: application/json, text/event-stream"));

    assertThat(response.statusLine()).isEqualTo("HTTP/1.1 401 Unauthorized");
    assertThat(response.header("WWW-Authenticate"))
        .contains(
            "WWW-Authenticate: Bearer resource_metadata=\""
                + demo.origin()
                + "/.well-known/oauth-protected-resource/mcp\", scope=\"notes:read\"");
    assertThat(response.header("Cache-Control")).contains("Cache-Control: no-store");
    assertThat(response.header("Content-Type")).contains("Content-Type: application/json");
    assertThat(response.header("Server")).isEmpty();
    assertThat(Json.object(response.body())).containsOnlyKeys("error", "error_description");
  }

  // RFC 6750 §3.1
  @Test
  void aRevokedTokenIsRefusedAsInvalidWithoutAReason() throws IOException {
    String token = demo.token("notes:read");
    assertThat(post(McpSession.headers(token)).statusLine()).isEqualTo("HTTP/1.1 200 OK");
    assertThat(TokenEndpoint.of(demo.origin()).revoke(token)).isEqualTo(200);

    RawHttp.Response response = post(McpSession.headers(token));

    assertThat(response.statusLine()).isEqualTo("HTTP/1.1 401 Unauthorized");
    assertThat(response.header("WWW-Authenticate").orElseThrow())
        .startsWith(
            "WWW-Authenticate: Bearer resource_metadata=\""
                + demo.origin()
                + "/.well-known/oauth-protected-resource/mcp\", scope=\"notes:read\","
                + " error=\"invalid_token\", error_description=\"");
    assertThat(response.toString()).doesNotContain(token).doesNotContainIgnoringCase("revoked");
    assertThat(response.body()).isEqualTo(post(McpSession.headers("no-such-token")).body());
  }

  // RFC 6750 §3.1, MCP authorization: the 403 names all scopes that are needed
  @Test
  void aTokenWithoutTheRequiredScopesIsRefusedWithAllOfThem() throws Exception {
    Map<String, String> demanding = Map.of("GATEHOUSE_REQUIRED_SCOPES", "notes:read notes:write");
    try (RunningDemo strict = RunningDemo.start(demanding)) {
      RawHttp.Response response =
          RawHttp.exchange(
              strict.port(),
              "POST /mcp",
              McpSession.headers(strict.token("notes:write")),
              McpSession.INITIALIZE);

      assertThat(response.statusLine()).isEqualTo("HTTP/1.1 403 Forbidden");
      assertThat(response.header("WWW-Authenticate").orElseThrow())
          .startsWith(
              "WWW-Authenticate: Bearer resource_metadata=\""
                  + strict.origin()
                  + "/.well-known/oauth-protected-resource/mcp\","
                  + " scope=\"notes:read notes:write\", error=\"insufficient_scope\"");
    }
  }

  // RFC 6750 §3.1, MCP authorization: the client requests exactly what the 403 names
  @Test
  void aCallThatLacksAScopeIsRefusedWithWhatItNeedsAndWhatTheTokenHas() throws IOException {
    RawHttp.Response response =
        McpSession.open(demo.port(), demo.token("notes:read"))
            .call("add_note", "{\"text\":\"milk\"}");

    assertThat(response.statusLine()).isEqualTo("HTTP/1.1 403 Forbidden");
    assertThat(response.header("WWW-Authenticate").orElseThrow())
        .startsWith(
            "WWW-Authenticate: Bearer resource_metadata=\""
                + demo.origin()
                + "/.well-known/oauth-protected-resource/mcp\","
                + " scope=\"notes:write notes:read\", error=\"insufficient_scope\"");
    assertThat(Json.object(response.body())).containsOnlyKeys("error", "error_description");
  }

  // RFC 9470 §3
  @Test
  void aClientThatActsForItselfHasNoLoginToDeleteWith() throws IOException {
    RawHttp.Response response =
        McpSession.open(demo.port(), demo.token("notes:read notes:write"))
            .call("delete_note", "{\"id\":\"any\"}");

    assertThat(response.statusLine()).isEqualTo("HTTP/1.1 401 Unauthorized");
    assertThat(response.header("WWW-Authenticate").orElseThrow())
        .contains("error=\"insufficient_user_authentication\"", "max_age=\"300\"");
  }

  // RFC 9728 §3: the well-known URI has the path of the resource; the root URI is an addition
  @Test
  void theMetadataIsTheSameAtBothUris() throws IOException {
    RawHttp.Response withPath = get("/.well-known/oauth-protected-resource/mcp");

    assertThat(withPath.statusLine()).isEqualTo("HTTP/1.1 200 OK");
    assertThat(withPath.header("Access-Control-Allow-Origin"))
        .contains("Access-Control-Allow-Origin: *");
    assertThat(Json.object(withPath.body()))
        .containsEntry("resource", demo.endpoint())
        .containsEntry("authorization_servers", List.of(demo.origin()))
        .containsEntry("bearer_methods_supported", List.of("header"));
    assertThat(get("/.well-known/oauth-protected-resource").body()).isEqualTo(withPath.body());
  }

  @Test
  void aTokenOpensASessionInWhichToolsKnowTheCaller() throws IOException {
    McpSession session = McpSession.open(demo.port(), demo.token("notes:read notes:write"));

    RawHttp.Response response = session.call("whoami", "{}");

    assertThat(response.statusLine()).isEqualTo("HTTP/1.1 200 OK");
    assertThat(response.body())
        .contains("\"clientId\":\"demo-client\",\"scopes\":[\"notes:read\",\"notes:write\"]");
  }

  // MCP transport: a session id is not a credential
  @Test
  void aSessionIdWithoutATokenIsRefused() throws IOException {
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

  private RawHttp.Response post(List<String> headers) throws IOException {
    return RawHttp.exchange(demo.port(), "POST /mcp", headers, McpSession.INITIALIZE);
  }

  private RawHttp.Response get(String path) throws IOException {
    return RawHttp.exchange(demo.port(), "GET " + path, List.of(), "");
  }

  // Otherwise a self-test that is under way would report that the authorization server is down.
  @Test
  void theFilterStopsBeforeTheEmbeddedAuthorizationServer() throws Exception {
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), demo.port())) {
      String head = "POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n";
      slow.getOutputStream().write(head.getBytes(US_ASCII)); // Jetty's stop waits for the rest
      Thread stop = new Thread(demo::close);
      stop.start();
      Await.until("the port is closed", this::portIsClosed);

      assertThatThrownBy(() -> demo.server().selfTest()).isInstanceOf(IllegalStateException.class);

      slow.shutdownOutput();
      stop.join();
    }
  }

  private boolean portIsClosed() {
    try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), demo.port())) {
      return !connection.isConnected();
    } catch (IOException refused) {
      return true;
    }
  }
}
