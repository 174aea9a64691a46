package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.TestServer.header;
import static dev.gatehouse.authorizationserver.UserAgent.answer;
import static dev.gatehouse.authorizationserver.UserAgent.fields;
import static dev.gatehouse.authorizationserver.UserAgent.location;
import static dev.gatehouse.authorizationserver.UserAgent.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationPagesTest {
  private final TurnedClock clock = new TurnedClock();
  private final TestServer server =
      TestServer.start(
          (origin, context) -> Demo.withUsers(origin).clock(clock).build().register(context));
  private final UserAgent browser = new UserAgent(server);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theConsentPageNamesAllThatTheUserHasToKnow() {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains("Notes on the &lt;phone&gt;")
        .contains("127.0.0.1, an application on this computer")
        .contains(Demo.NOTES)
        .contains("read your notes &amp; more<small>notes:read</small>")
        .contains("<span>notes:write</span>")
        .contains("You are logged in as alice")
        .doesNotContain("<phone>");
    assertThat(fields(page)).containsKeys("scope:notes:read", "scope:notes:write");
  }

  @Test
  void everyPageIsFencedIn() {
    HttpResponse<String> login = browser.open(request());
    HttpResponse<String> consent = browser.follow(browser.logIn(login, "alice", "alice-secret"));
    HttpResponse<String> error = browser.open(Map.of("client_id", "nobody"));

    for (HttpResponse<String> page : List.of(login, consent, error)) {
      assertThat(header(page, "Content-Security-Policy"))
          .startsWith("default-src 'none'; style-src 'sha256-")
          .contains("form-action 'self'")
          .endsWith("; frame-ancestors 'none'; base-uri 'none'");
      assertThat(header(page, "X-Frame-Options")).isEqualTo("DENY");
      assertThat(header(page, "Referrer-Policy")).isEqualTo("same-origin");
      assertThat(header(page, "Cache-Control")).isEqualTo("no-store");
      assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(header(page, "Content-Type")).startsWith("text/html");
      assertThat(page.body()).doesNotContain("<script").doesNotContain("style=");
    }
    assertThat(header(consent, "Content-Security-Policy"))
        .contains("form-action 'self' http://127.0.0.1:33418;");
  }

  @Test // CSP 3: otherwise the browser leaves the style sheet out
  void theStyleSheetIsTheOneThatThePolicyNames() {
    HttpResponse<String> page = browser.open(request());
    String body = page.body();
    String style = body.substring(body.indexOf("<style>") + 7, body.indexOf("</style>"));

    assertThat(header(page, "Content-Security-Policy"))
        .contains(
            "'sha256-"
                + Base64.getEncoder()
                    .encodeToString(TokenHash.sha256().digest(style.getBytes(UTF_8)))
                + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "https://host/path, https://host",
    "http://127.0.0.1:33418/x, http://127.0.0.1:33418",
    "http://[::1]:33418/x, http:",
    "com.example.notes:/done, com.example.notes:",
  })
  void formActionLetsTheRedirectReachTheClient(String redirect, String source) {
    assertThat(Page.source(URI.create(redirect))).isEqualTo(source);
  }

  @Test
  void theCookieIsKeptFromScriptsAndFromOtherSites() {
    String cookie = header(browser.open(request()), "Set-Cookie");

    assertThat(cookie)
        .matches("gatehouse-session=[A-Za-z0-9_-]{43}; Path=/oauth; HttpOnly; SameSite=Lax");
    assertThat(new BrowserCookie("https://host/tenant").set(OpaqueToken.random()))
        .endsWith("; Path=/tenant/oauth; HttpOnly; SameSite=Lax; Secure");
  }

  @Test // session fixation: whoever planted a cookie before the log-in has nothing of it
  void logInGivesANewCookie() {
    HttpResponse<String> login = browser.open(request());
    String before = header(login, "Set-Cookie");

    HttpResponse<String> loggedIn = browser.logIn(login, "alice", "alice-secret");

    assertThat(header(loggedIn, "Set-Cookie")).isNotEmpty().isNotEqualTo(before);
  }

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

  @Test // some clients look before they send the browser
  void openingThePageUsesNothingUp() {
    HttpResponse<String> first = browser.open(request());
    browser.open(request());

    assertThat(browser.logIn(first, "alice", "alice-secret").statusCode()).isEqualTo(303);
  }

  @Test
  void denialGoesBackToTheClient() {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));

    assertThat(answer(browser.decide(page, "deny")))
        .containsOnlyKeys("error", "state", "iss")
        .containsEntry("error", "access_denied");
  }

  @Test
  void anotherUserCanTakeOver() {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));

    HttpResponse<String> login = browser.follow(browser.decide(page, "switch"));

    assertThat(login.body()).contains("name=\"password\"");
    assertThat(browser.follow(browser.logIn(login, "bob", "bob-secret")).body())
        .contains("You are logged in as bob");
  }

  @Test
  void aLogInEndsAfterEightHours() {
    browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    assertThat(browser.open(request()).body()).contains("logged in as alice");

    clock.turn(Duration.ofHours(8));

    assertThat(browser.open(request()).body()).contains("name=\"password\"");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "wrong password, alice, wrong",
    "unknown user, mallory, alice-secret",
    "no password, alice, ''",
    "a password longer than bcrypt takes, alice, alice-secretxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  })
  void aFailedLogInDoesNotSayWhy(String what, String username, String password) {
    HttpResponse<String> page = browser.logIn(browser.open(request()), username, password);

    assertThat(page.statusCode()).isEqualTo(403);
    assertThat(page.body())
        .contains("User name or password is wrong.")
        .contains("name=\"password\"");
  }

  @Test
  void aUserNameComesBackAsTextAndThePasswordNever() {
    HttpResponse<String> page =
        browser.logIn(browser.open(request()), "\"><img src=x>'&", "not-the-password");

    assertThat(page.body())
        .contains(" value=\"&quot;&gt;&lt;img src=x&gt;&#39;&amp;\"")
        .doesNotContain("<img", "not-the-password");
  }

  @Test
  void guessingPasswordsIsSlowedDown() {
    HttpResponse<String> page = browser.open(request());
    for (int i = 0; i < 5; i++) {
      assertThat(browser.logIn(page, "alice", "wrong").statusCode()).isEqualTo(403);
    }

    HttpResponse<String> refused = browser.logIn(page, "alice", "alice-secret");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(header(refused, "Retry-After")).isEqualTo("12");

    clock.turn(Duration.ofSeconds(12));
    assertThat(browser.logIn(page, "alice", "alice-secret").statusCode()).isEqualTo(303);
  }

  @Test // who guesses at alice's does not lock bob out
  void onlyTheGuessedUserIsSlowedDown() {
    HttpResponse<String> page = browser.open(request());
    for (int i = 0; i < 6; i++) {
      browser.logIn(page, "alice", "wrong");
    }

    assertThat(browser.logIn(page, "bob", "bob-secret").statusCode()).isEqualTo(303);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "another site, https://evil.example.com",
    "an opaque origin, null",
    "the same host with another port, http://127.0.0.1:1",
  })
  void aFormFromElsewhereIsRefused(String what, String origin) {
    HttpResponse<String> page = browser.open(request());
    Map<String, String> fields = fields(page);
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    HttpResponse<String> answer =
        browser.send(server.form("/oauth/login", UserAgent.form(fields)).header("Origin", origin));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(header(answer, "Set-Cookie")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc"})
  void aFormWithoutItsTokenIsRefused(String token) {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    Map<String, String> fields = fields(page);
    fields.put("form_token", token);
    fields.put("decision", "approve");

    assertThat(browser.post("/oauth/consent", fields).statusCode()).isEqualTo(403);
  }

  @Test // the token is bound to the cookie
  void aFormOfAnotherBrowserIsRefused() {
    Map<String, String> fields = fields(new UserAgent(server).open(request()));
    browser.open(request());
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    assertThat(browser.post("/oauth/login", fields).statusCode()).isEqualTo(403);
  }

  @Test
  void withoutALogInNobodyConsents() {
    HttpResponse<String> login = browser.open(request());
    Map<String, String> fields = fields(login);
    fields.put("decision", "approve");
    fields.put("scope:notes:read", "on");

    HttpResponse<String> answer = browser.post("/oauth/consent", fields);

    assertThat(location(answer).getPath()).isEqualTo("/oauth/authorize");
  }

  @Test // the request in a form is checked like any other
  void aTamperedFormLeadsNowhere() {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    Map<String, String> foreign = request();
    foreign.put("redirect_uri", "https://evil.example.com/");
    Map<String, String> fields = fields(page);
    fields.put("decision", "approve");

    fields.put("request", UserAgent.form(foreign));
    assertThat(browser.post("/oauth/consent", fields).statusCode()).isEqualTo(400);

    fields.put("request", UserAgent.form(request()) + "\r\nSet-Cookie: a=b");
    assertThat(browser.post("/oauth/consent", fields).statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({"/oauth/login, POST", "/oauth/consent, POST"})
  void pagesThatTakeFormsAreNotOpened(String path, String allowed) {
    HttpResponse<String> answer = server.get(path);

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(header(answer, "Allow")).isEqualTo(allowed);
    assertThat(header(answer, "Content-Type")).startsWith("text/html");
  }
}
