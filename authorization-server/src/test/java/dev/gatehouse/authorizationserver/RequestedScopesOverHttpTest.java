package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.TOKEN;
import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static dev.gatehouse.authorizationserver.testing.UserAgent.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is granted to clients that request scopes of other servers (RFC 6749 §3.3), and that the
 * token response states it (RFC 6749 §5.1).
 */
class RequestedScopesOverHttpTest {
  @AutoClose
  private final TestServer server =
      TestServer.start((origin, context) -> Demo.withUsers(origin).build().register(context));

  private final UserAgent browser = new UserAgent(server);

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          notes:read offline_access              | notes:read
          openid notes:write                     | notes:write
          openid email profile                   | notes:read notes:write
          offline_access                         | notes:read notes:write
          notes:read notes:write mcp:tools       | notes:read notes:write
          notes:read introspect                  | notes:read
          """)
  void theUserIsAskedForWhatIsKnownAndTheClientIsToldWhatItGot(String requested, String granted) {
    Map<String, String> request = request();
    request.put("scope", requested);

    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request), "alice", "alice-secret"));

    assertThat(UserAgent.fields(page).keySet().stream().filter(name -> name.startsWith("scope:")))
        .containsExactlyInAnyOrder(("scope:" + granted.replace(" ", " scope:")).split(" "));
    assertThat(page.body()).doesNotContain("openid</", "offline_access</", "introspect</");
    String code = value(UserAgent.parameters(browser.decide(page, "approve")), "code");
    HttpResponse<String> tokens = browser.redeem(code);
    assertThat(json(tokens)).containsEntry("scope", granted).containsKey("refresh_token");
    assertThat(json(introspect(server, text(tokens, "access_token"))))
        .containsEntry("scope", granted);
  }

  @Test // a form that was tampered with: the user cannot grant more than is requested
  void anUnknownScopeCannotBeTicked() {
    Map<String, String> request = request();
    request.put("scope", "notes:read openid");
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request), "alice", "alice-secret"));
    Map<String, String> fields = UserAgent.fields(page);
    fields.put("scope:openid", "on");
    fields.put("scope:notes:write", "on");
    fields.put("decision", "approve");

    String code = value(UserAgent.parameters(browser.post("/oauth/consent", fields)), "code");

    assertThat(json(browser.redeem(code))).containsEntry("scope", "notes:read");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          notes:read offline_access          | notes:read             |
          openid email profile               |                        | invalid_scope
          notes:write introspect             | notes:write            |
          introspect                         |                        | invalid_scope
          openid introspect                  |                        | invalid_scope
          notes:read "                       |                        | invalid_scope
          """)
  void clientCredentials(String requested, @Nullable String granted, @Nullable String error) {
    HttpResponse<String> response =
        server.post(
            TOKEN, "client", "client-secret", Demo.FROM_CLIENT + "&scope=" + encode(requested));

    assertThat(json(response).get("scope")).isEqualTo(granted);
    assertThat(json(response).get("error")).isEqualTo(error);
    if (granted != null) {
      assertThat(json(introspect(server, text(response, "access_token"))))
          .containsEntry("scope", granted);
    }
  }

  @ParameterizedTest // no scope remains, and by default there is none
  @CsvSource({"openid, invalid_scope", "'', "})
  void aClientWithoutScopes(String requested, @Nullable String error) {
    String form =
        Demo.FROM_CLIENT
            + "&client_id=post-only&client_secret=post-secret&scope="
            + encode(requested);

    assertThat(json(server.post(TOKEN, form)).get("error")).isEqualTo(error);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          notes:read offline_access | notes:read |
          openid profile            | notes:read |
          notes:read notes:write    |            | invalid_scope
          openid notes:write        |            | invalid_scope
          """)
  void aRefreshOfAGrantThatTheUserNarrowed(
      String requested, @Nullable String granted, @Nullable String error) {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    Map<String, String> fields = UserAgent.fields(page);
    fields.remove("scope:notes:write");
    fields.put("decision", "approve");
    HttpResponse<String> tokens =
        browser.redeem(value(UserAgent.parameters(browser.post("/oauth/consent", fields)), "code"));

    HttpResponse<String> refreshed =
        server.post(
            TOKEN,
            "grant_type=refresh_token&client_id=public&scope="
                + encode(requested)
                + "&refresh_token="
                + text(tokens, "refresh_token"));

    assertThat(json(refreshed).get("scope")).isEqualTo(granted);
    assertThat(json(refreshed).get("error")).isEqualTo(error);
  }
}
