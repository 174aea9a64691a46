package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests through a real Jetty and a real authorization server socket. */
class McpAuthFilterTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private final CallerServlet servlet = new CallerServlet();
  private FakeAuthorizationServer as;
  private ProtectedServer server;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
    server = guarded(settings -> settings);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    as.close();
  }

  private ProtectedServer guarded(UnaryOperator<SettingsBuilder> more) throws Exception {
    return ProtectedServer.guarding(
        servlet,
        origin ->
            more.apply(
                    TestSettings.builder()
                        .resource(origin + "/mcp")
                        .issuer(as.issuer())
                        .clientId("mcp-filter")
                        .clientSecret(Secrets.CLIENT_SECRET))
                .build());
  }

  private void respondActive(String members) {
    as.introspection(
        json(
            200,
            "{\"active\":true,\"aud\":\"%s\",\"token_type\":\"Bearer\"%s}"
                .formatted(server.mcp(), members)));
  }

  @Test
  void aValidTokenIsAdmittedAndTheServletGetsItsCaller() throws Exception {
    respondActive(",\"sub\":\"alice\",\"client_id\":\"app\",\"scope\":\"notes:write notes:read\"");

    String token = Secrets.token();
    var response = server.get("/mcp", "Authorization", "Bearer " + token);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .isEqualTo(
            "user=alice client=app scopes=[notes:read, notes:write] principal=alice"
                + " remoteUser=alice authType=Bearer USER");
    var request = as.introspectionRequests().get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.parameter("token")).isEqualTo(token);
    assertThat(request.parameter("token_type_hint")).isEqualTo("access_token");
  }

  @Test
  void aRequestWithoutTokenGetsAChallenge() throws Exception {
    var response = server.get("/mcp");

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().allValues("WWW-Authenticate"))
        .containsExactly(
            "Bearer resource_metadata=\""
                + server.origin()
                + "/.well-known/oauth-protected-resource/mcp\"");
    assertThat(as.introspectionRequests()).isEmpty();
    assertThat(servlet.calls()).isZero();
  }
}
