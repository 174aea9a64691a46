package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.MAPS;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.UserAgent.location;
import static dev.gatehouse.authorizationserver.testing.UserAgent.parameters;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.RawConnection;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Validation of authorization requests: error page, error redirect, or log-in page (RFC 6749
 * §4.1.2.1).
 */
class AuthorizationRequestsTest {
  private static final String LOG_IN = "name=\"password\"";

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .resource(MAPS)
                  .clientRegistry(new InMemoryClientRegistry(clients()))
                  .clientMetadataDocuments(false)
                  .build()
                  .register(context));

  private final UserAgent browser = new UserAgent(server);

  private static List<RegisteredClient> clients() {
    List<RegisteredClient> clients = new ArrayList<>(Demo.clients());
    clients.add(
        RegisteredClient.builder("no-code")
            .secret("no-code-secret")
            .grantTypes("client_credentials")
            .scopes("notes:read")
            .redirectUris("https://no-code.example.com/callback")
            .build());
    clients.add(
        RegisteredClient.builder("no-scopes")
            .grantTypes("authorization_code")
            .redirectUris(Demo.CALLBACK)
            .build());
    clients.add(selfRegistered("https-app", "https://app.example.com/callback"));
    return clients;
  }

  private static RegisteredClient selfRegistered(String id, String redirectUri) {
    return RegisteredClient.builder(id)
        .grantTypes("authorization_code")
        .scopes("notes:read")
        .redirectUris(redirectUri)
        .selfRegistered(true)
        .build();
  }

  @ParameterizedTest(name = "{0}") // RFC 6749 §4.1.2.1
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an unknown client               | client_id     | nobody                     | The application is not registered.
          an empty client id              | client_id     |                            | The application is not registered.
          another case                    | client_id     | PUBLIC                     | The application is not registered.
          a URL, with documents disabled  | client_id     | https://evil.example.com/x | The application is not registered.
          an unregistered redirect URI    | redirect_uri  | https://evil.example.com/  | The redirect URI is not registered
          a relative redirect URI         | redirect_uri  | /callback                  | The redirect URI is not registered
          a redirect URI that is no URI   | redirect_uri  | ::                         | The redirect URI is not registered
          a script                        | redirect_uri  | javascript:alert(1)        | The redirect URI is not registered
          none, and two are registered    | redirect_uri  |                            | The redirect URI is not registered
          that of another client          | redirect_uri  | https://web.example.com/callback?x=1 | The redirect URI is not registered
          """)
  void anInvalidClientOrRedirectUriIsNeverRedirectedTo(
      String what, String name, @Nullable String value, String text) {
    Map<String, String> request = request();
    request.put(name, value == null ? "" : value);
    // A further error must not lead to a redirect either.
    for (String scope : List.of("notes:read", "introspect")) {
      request.put("scope", scope);

      HttpResponse<String> page = browser.open(request);

      assertThat(page.statusCode()).isEqualTo(400);
      assertThat(header(page, "Location")).isEmpty();
      assertThat(header(page, "Content-Type")).startsWith("text/html");
      assertThat(page.body()).contains(text).doesNotContain("evil.example.com", "<a ", "<form");
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
          a slash at the end                       | public | http://127.0.0.1:1/callback/        | 400
          another case of the path                 | public | http://127.0.0.1:1/Callback         | 400
          an encoded character of the path         | public | http://127.0.0.1:1/%63allback       | 400
          a path with dots                         | public | http://127.0.0.1:1/x/../callback    | 400
          a query that was not registered          | public | http://127.0.0.1:1/callback?x       | 400
          another loopback address                 | public | http://127.0.0.2:1/callback         | 400
          localhost for 127.0.0.1                  | public | http://localhost:1/callback         | 400
          IPv6 loopback for 127.0.0.1              | public | http://[::1]:1/callback             | 400
          https on loopback                        | public | https://127.0.0.1:1/callback        | 400
          a user before the host                   | public | http://127.0.0.1@evil.example.com/callback | 400
          a fragment on loopback                   | public | http://127.0.0.1:1/callback#f       | 400
          a port that does not exist               | public | http://127.0.0.1:99999/callback     | 400
          port zero                                | public | http://127.0.0.1:0/callback         | 400
          an empty port                            | public | http://127.0.0.1:/callback          | 400
          a query that reads null                  | public | http://127.0.0.1:1/callback?null    | 400
          another letter than ASCII                | public | http://127.0.0.1:1/callbacké      | 400
          a user on loopback                       | public | http://x@127.0.0.1:1/callback       | 400
          loopback as a subdomain                  | public | http://127.0.0.1.evil.example.com/callback | 400
          a private-use URI scheme                 | public | com.example.notes:/done             | 200
          another path of that scheme              | public | com.example.notes:/other            | 400
          exactly the registered one               | web    | https://web.example.com/callback?x=1 | 200
          without its query                        | web    | https://web.example.com/callback    | 400
          a longer query                           | web    | https://web.example.com/callback?x=1&y=2 | 400
          another port off loopback                | web    | https://web.example.com:444/callback?x=1 | 400
          the default port                         | web    | https://web.example.com:443/callback?x=1 | 400
          upper case                               | web    | https://WEB.example.com/callback?x=1 | 400
          http for https                           | web    | http://web.example.com/callback?x=1 | 400
          a fragment                               | web    | https://web.example.com/callback?x=1#f | 400
          """)
  void redirectUrisAreComparedExactly(String what, String client, String redirect, int status) {
    Map<String, String> request = request();
    request.put("client_id", client);
    request.put("redirect_uri", redirect);
    request.put("scope", "notes:read");

    assertThat(browser.open(request).statusCode()).isEqualTo(status);
  }

  @Test // RFC 6749 §3.1.2.3
  void theOnlyRegisteredRedirectUriMayBeOmitted() {
    Map<String, String> request = request();
    request.put("client_id", "web");
    request.put("scope", "introspect");
    request.remove("redirect_uri");

    // RFC 6749 §3.1.2: the registered query is retained
    assertThat(location(browser.open(request)).toString())
        .startsWith("https://web.example.com/callback?")
        .contains("x=1")
        .contains("error=invalid_scope");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no PKCE (OAuth 2.1 §4.1.1)          | code_challenge        |          | invalid_request
          plain PKCE                          | code_challenge_method | plain    | invalid_request
          no method, which would mean plain   | code_challenge_method |          | invalid_request
          another case of the method          | code_challenge_method | s256     | invalid_request
          an unknown method                   | code_challenge_method | S512     | invalid_request
          a challenge that is not a SHA-256   | code_challenge        | abc      | invalid_request
          a challenge of 42 characters        | code_challenge        | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa   | invalid_request
          a challenge of 44 characters        | code_challenge        | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | invalid_request
          a challenge with padding            | code_challenge        | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=  | invalid_request
          a challenge in standard Base64      | code_challenge        | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa+/  | invalid_request
          no response type                    | response_type         |          | invalid_request
          the implicit grant                  | response_type         | token    | unsupported_response_type
          a hybrid flow                       | response_type         | code token | unsupported_response_type
          an ID token                         | response_type         | id_token | unsupported_response_type
          an unknown response type            | response_type         | magic    | unsupported_response_type
          another case of the response type   | response_type         | CODE     | unsupported_response_type
          a response in the fragment          | response_mode         | fragment | invalid_request
          a response by POST                  | response_mode         | form_post | invalid_request
          a signed response                   | response_mode         | jwt      | invalid_request
          a known scope, not of this client   | scope                 | introspect | invalid_scope
          a scope that is not a scope token   | scope                 | "        | invalid_scope
          an allowed scope and no scope token | scope                 | notes:read \\ | invalid_scope
          an unknown resource (RFC 8707 §2)   | resource              | https://evil.example.com | invalid_target
          no resource, and there are two      | resource              |          | invalid_target
          a relative resource                 | resource              | /mcp     | invalid_target
          a resource with a fragment          | resource              | https://notes.example.com/mcp#x | invalid_target
          a resource that is not a URI        | resource              | ::       | invalid_target
          a request object                    | request               | a.b.c    | request_not_supported
          a request by reference              | request_uri           | https://evil.example.com | request_uri_not_supported
          """)
  void everyOtherErrorIsRedirectedToTheClient(
      String what, String name, @Nullable String value, String error) {
    Map<String, String> request = request();
    request.put(name, value == null ? "" : value);

    HttpResponse<String> redirect = browser.open(request);

    assertThat(location(redirect).toString()).startsWith("http://127.0.0.1:33418/callback?");
    assertThat(location(redirect).getRawFragment()).isNull();
    assertThat(parameters(redirect))
        .containsOnlyKeys("error", "state", "iss") // no description: it could quote the request
        .containsEntry("error", error)
        .containsEntry("state", "a state & more")
        .containsEntry("iss", server.origin()); // RFC 9207 §2
    assertThat(header(redirect, "Cache-Control")).isEqualTo("no-store");
    assertThat(header(redirect, "Set-Cookie")).isEmpty();
  }

  @Test // RFC 6749 §4.1.2.1
  void aClientWithoutTheCodeGrantIsUnauthorized() {
    Map<String, String> request = request();
    request.put("client_id", "no-code");
    request.put("scope", "notes:read");
    request.put("redirect_uri", "https://no-code.example.com/callback");

    assertThat(parameters(browser.open(request))).containsEntry("error", "unauthorized_client");
  }

  @Test // RFC 6749 §4.1.2.1: "state" only if it was in the request
  void withoutAStateTheErrorRedirectHasNone() {
    Map<String, String> request = request();
    request.remove("state");
    request.put("scope", "introspect");

    assertThat(parameters(browser.open(request))).containsOnlyKeys("error", "iss");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\nSet-Cookie: a=b",
        "\"<script>",
        "&error=x",
        "#fragment",
        "é",
        "\0",
        "%00",
        "a+b c",
        " a "
      })
  void theStateIsReturnedUnchangedAndCannotAddAnything(String state) {
    Map<String, String> request = request();
    request.put("state", state);
    request.put("scope", "introspect");

    HttpResponse<String> redirect = browser.open(request);

    assertThat(parameters(redirect))
        .containsOnlyKeys("error", "state", "iss")
        .containsEntry("error", "invalid_scope")
        .containsEntry("state", state);
    assertThat(header(redirect, "Set-Cookie")).isEmpty();
  }

  @ParameterizedTest // otherwise, a second client could hide behind the first
  @ValueSource(strings = {"client_id=%zz", "state=100%", "redirect_uri=%2"})
  void aParameterThatCannotBeDecodedIsShownAsAnErrorPage(String parameter) throws IOException {
    try (RawConnection caller = new RawConnection(server.origin())) {
      caller.send(
          "GET /oauth/authorize?"
              + UserAgent.form(request())
              + "&"
              + parameter
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

      assertThat(caller.untilClosed())
          .startsWith("HTTP/1.1 400 ")
          .contains("a percent sign without two hexadecimal digits")
          .doesNotContain("Location:");
    }
  }

  @ParameterizedTest // RFC 6749 §3.1
  @ValueSource(
      strings = {
        "client_id",
        "redirect_uri",
        "state",
        "scope",
        "response_type",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "acr_values",
        "unknown",
      })
  void aRepeatedParameterIsShownAsAnErrorPage(String name) {
    String value = request().getOrDefault(name, "x");
    String query =
        UserAgent.form(request())
            + "&"
            + name
            + "="
            + encode(value)
            + (request().containsKey(name) ? "" : "&" + name + "=x");

    HttpResponse<String> page = browser.send(server.request("/oauth/authorize?" + query).GET());

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(header(page, "Location")).isEmpty();
    assertThat(page.body()).contains("A parameter of the request is repeated.");
  }

  @Test // RFC 8707 §2
  void theResourceMayBeRepeated() {
    HttpResponse<String> page =
        browser.send(
            server
                .request(
                    "/oauth/authorize?" + UserAgent.form(request()) + "&resource=" + encode(MAPS))
                .GET());

    assertThat(page.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}={1}") // RFC 6749 §3.1: unrecognized parameters are ignored
  @CsvSource({
    "unknown, x",
    "nonce, abc",
    "display, magic",
    "login_hint, alice",
    "ui_locales, x-x",
    "claims, {",
    "code, abc",
  })
  void unsupportedParametersAreIgnoredAndTheUserIsStillAsked(String name, String value) {
    Map<String, String> request = request();
    request.put(name, value);

    HttpResponse<String> page = browser.open(request);

    assertThat(page.statusCode()).as(page.headers().toString()).isEqualTo(200);
    assertThat(page.body()).contains(LOG_IN);
    // Consent is required each time.
    HttpResponse<String> consent = browser.follow(browser.logIn(page, "alice", "alice-secret"));
    assertThat(consent.body()).contains("name=\"decision\"");
    assertThat(browser.open(request).body()).contains("name=\"decision\"");
  }

  @Test
  void aClientWithoutScopesCanBeAllowed() {
    Map<String, String> request = request();
    request.put("client_id", "no-scopes");
    request.remove("scope");

    assertThat(browser.consent(request)).containsKey("code");
  }

  /** RFC 9700 §4.11.2: anyone can register a client, and this server vouches for its own links. */
  @Test
  void errorsOfASelfRegisteredWebClientAreOnlyLinkedTo() {
    HttpResponse<String> page = openWithError("https-app", "https://app.example.com/callback");

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(header(page, "Location")).isEmpty();
    assertThat(page.body())
        .contains("Go back to app.example.com")
        .contains("<a href=\"https://app.example.com/callback?")
        .contains("error=invalid_scope")
        .contains("rel=\"noreferrer\"")
        .doesNotContain("http-equiv", "<script");
  }

  @ParameterizedTest
  @CsvSource({
    "public, com.example.notes:/done",
    "public, http://127.0.0.1:33418/callback",
    "web, https://web.example.com/callback?x=1",
  })
  void errorsOfConfiguredClientsAreRedirectedAtOnce(String client, String redirectUri) {
    assertThat(location(openWithError(client, redirectUri)).toString()).startsWith(redirectUri);
  }

  @Test
  void aDenialIsRedirectedToASelfRegisteredWebClientToo() {
    Map<String, String> request = request();
    request.put("client_id", "https-app");
    request.put("scope", "notes:read");
    request.put("redirect_uri", "https://app.example.com/callback");
    HttpResponse<String> consent =
        browser.follow(browser.logIn(browser.open(request), "alice", "alice-secret"));

    assertThat(parameters(browser.decide(consent, "deny"))).containsEntry("error", "access_denied");
  }

  @Test // parameters in a body would not be logged, but no client sends them
  void parametersInABodyAreRefused() {
    HttpResponse<String> response =
        server.send(server.form("/oauth/authorize", UserAgent.form(request())));

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(header(response, "Allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void withoutAQueryThereIsAnErrorPage() {
    HttpResponse<String> page = server.get("/oauth/authorize");

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.body()).contains("The application is not registered.");
  }

  @Test
  void withoutUsersThereIsNoAuthorizationEndpoint() {
    try (TestServer noUsers =
        TestServer.start((origin, context) -> Demo.server(origin).build().register(context))) {
      for (String path : List.of("/oauth/authorize", "/oauth/login", "/oauth/consent")) {
        assertThat(noUsers.get(path).statusCode()).isEqualTo(404);
        assertThat(
                noUsers
                    .send(noUsers.request(path).POST(BodyPublishers.ofString("a=b")))
                    .statusCode())
            .isEqualTo(404);
      }
    }
  }

  private HttpResponse<String> openWithError(String client, String redirectUri) {
    Map<String, String> request = request();
    request.put("client_id", client);
    request.put("scope", "introspect");
    request.put("redirect_uri", redirectUri);
    return browser.open(request);
  }
}
