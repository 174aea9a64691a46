package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.UserAgent.answer;
import static dev.gatehouse.authorizationserver.testing.UserAgent.location;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client may ask of a user, and who is told when it may not. */
class AuthorizationRequestsTest {
  @AutoClose
  private final TestServer server =
      TestServer.start((origin, context) -> Demo.withUsers(origin).build().register(context));

  private final UserAgent browser = new UserAgent(server);

  @Test // RFC 6749 §4.1.2.1: in doubt about client or redirect URI, nothing is sent anywhere
  void noOpenRedirect() {
    Map<String, String> unknownClient = request();
    unknownClient.put("client_id", "nobody");
    Map<String, String> foreignRedirect = request();
    foreignRedirect.put("redirect_uri", "https://evil.example.com/");

    for (HttpResponse<String> page :
        List.of(browser.open(unknownClient), browser.open(foreignRedirect))) {
      assertThat(page.statusCode()).isEqualTo(400);
      assertThat(header(page, "Location")).isEmpty();
      assertThat(header(page, "Content-Type")).startsWith("text/html");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          another port on loopback (RFC 8252 §7.3) | public | http://127.0.0.1:1/callback         | 200
          no port                                  | public | http://127.0.0.1/callback           | 200
          another path                             | public | http://127.0.0.1:1/callback/more    | 400
          a query that was not registered          | public | http://127.0.0.1:1/callback?x       | 400
          another loopback address                 | public | http://127.0.0.2:1/callback         | 400
          localhost for 127.0.0.1                  | public | http://localhost:1/callback         | 400
          https on loopback                        | public | https://127.0.0.1:1/callback        | 400
          a user before the host                   | public | http://127.0.0.1@evil.example.com/callback | 400
          a scheme of its own                      | public | com.example.notes:/done             | 200
          exactly the registered one               | web    | https://web.example.com/callback?x=1 | 200
          another port off loopback                | web    | https://web.example.com:444/callback?x=1 | 400
          upper case                               | web    | https://WEB.example.com/callback?x=1 | 400
          a fragment                               | web    | https://web.example.com/callback?x=1#f | 400
          """)
  void redirectUrisAreComparedExactly(String what, String client, String redirect, int status) {
    Map<String, String> request = request();
    request.put("client_id", client);
    request.put("redirect_uri", redirect);
    request.put("scope", "notes:read");

    assertThat(browser.open(request).statusCode()).isEqualTo(status);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no PKCE (OAuth 2.1 §4.1.1)          | code_challenge        |          | invalid_request
          plain PKCE                          | code_challenge_method | plain    | invalid_request
          no method, which would mean plain   | code_challenge_method |          | invalid_request
          a challenge that is no SHA-256      | code_challenge        | abc      | invalid_request
          no response type                    | response_type         |          | invalid_request
          a token in the front channel        | response_type         | token    | unsupported_response_type
          an answer in the fragment           | response_mode         | fragment | invalid_request
          a scope the client may not have     | scope                 | admin    | invalid_scope
          an unknown resource (RFC 8707 §2)   | resource              | https://evil.example.com | invalid_target
          a request object                    | request               | a.b.c    | request_not_supported
          a request by reference              | request_uri           | https://evil.example.com | request_uri_not_supported
          """)
  void otherMistakesAreToldToTheClient(
      String what, String name, @Nullable String value, String error) {
    Map<String, String> request = request();
    request.put(name, value == null ? "" : value);

    HttpResponse<String> redirect = browser.open(request);

    assertThat(location(redirect).toString()).startsWith("http://127.0.0.1:33418/callback?");
    assertThat(answer(redirect))
        .containsEntry("error", error)
        .containsEntry("state", "a state & more")
        .containsEntry("iss", server.origin()); // RFC 9207 §2
  }

  @Test // RFC 6749 §3.1
  void aParameterThatCameTwiceIsNotTrusted() {
    HttpResponse<String> page =
        browser.send(
            server.request("/oauth/authorize?client_id=web&" + UserAgent.form(request())).GET());

    assertThat(page.statusCode()).isEqualTo(400);
  }
}
