package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.UserAgent.location;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The session of a browser: its cookie, its beginning and its end. */
class LogInSessionTest {
  private static final String NAME = "gatehouse-session=";
  private static final String PLANTED = NAME + "planted-by-an-attacker-00000000000000000000";
  private static final String LOG_IN = "name=\"password\"";
  private static final String CONSENT = "name=\"decision\"";

  private final TurnedClock clock = new TurnedClock();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) -> Demo.withUsers(origin).clock(clock).build().register(context));

  private final UserAgent browser = new UserAgent(server);

  @Test // session fixation
  void aPlantedCookieIsNotLoggedInAfterTheVictimHasLoggedIn() {
    HttpResponse<String> login = openWith(PLANTED);
    assertThat(header(login, "Set-Cookie")).isEmpty(); // the browser keeps the planted one
    Map<String, String> fields = UserAgent.fields(login);
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    HttpResponse<String> loggedIn =
        server.send(server.form("/oauth/login", UserAgent.form(fields)).header("Cookie", PLANTED));

    assertThat(loggedIn.statusCode()).isEqualTo(303);
    assertThat(header(loggedIn, "Set-Cookie")).doesNotContain("planted");
    assertThat(openWith(PLANTED).body()).contains(LOG_IN).doesNotContain("alice");
    assertThat(openWith(cookie(loggedIn)).body()).contains(CONSENT);
  }

  @Test
  void theCookieOfAFailedLogInStaysLoggedOut() {
    HttpResponse<String> login = browser.open(request());

    HttpResponse<String> failed = browser.logIn(login, "alice", "wrong");

    assertThat(header(failed, "Set-Cookie")).isEmpty();
    assertThat(openWith(cookie(login)).body()).contains(LOG_IN);
  }

  @Test
  void switchingTheUserEndsTheSessionOnTheServer() {
    HttpResponse<String> loggedIn = browser.logIn(browser.open(request()), "alice", "alice-secret");
    HttpResponse<String> consent = browser.follow(loggedIn);

    HttpResponse<String> response = browser.decide(consent, "switch");

    assertThat(location(response).getPath()).isEqualTo("/oauth/authorize");
    assertThat(openWith(cookie(loggedIn)).body()).contains(LOG_IN).doesNotContain("alice");
  }

  @Test
  void aSecondLogInEndsTheFirstSession() {
    HttpResponse<String> first = browser.logIn(browser.open(request()), "alice", "alice-secret");
    // The log-in form of another tab, for the cookie of the first session.
    Map<String, String> fields = UserAgent.fields(browser.follow(first));
    fields.put("username", "bob");
    fields.put("password", "bob-secret");

    HttpResponse<String> second = browser.post("/oauth/login", fields);

    assertThat(openWith(cookie(first)).body()).contains(LOG_IN);
    assertThat(openWith(cookie(second)).body()).contains("You are logged in as bob");
  }

  @Test // CSRF: the form token is bound to the new cookie
  void aFormFromBeforeTheLogInHasNoEffectAfterIt() {
    HttpResponse<String> login = browser.open(request());
    browser.logIn(login, "alice", "alice-secret");

    // A second click on "Log in" must not end at an error page.
    HttpResponse<String> again = browser.logIn(login, "bob", "bob-secret");

    assertThat(header(again, "Set-Cookie")).isEmpty();
    assertThat(browser.follow(again).body()).contains("You are logged in as alice");
    assertThat(browser.decide(login, "approve").statusCode()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "client_id=nobody", "\r\nSet-Cookie: a=b"})
  void aFormFromBeforeTheLogInIsRefusedIfItsRequestIsInvalid(String tampered) {
    HttpResponse<String> login = browser.open(request());
    browser.logIn(login, "alice", "alice-secret");
    Map<String, String> fields = UserAgent.fields(login);
    fields.put("request", tampered);

    HttpResponse<String> again = browser.post("/oauth/login", fields);

    assertThat(again.statusCode()).isEqualTo(403);
    assertThat(header(again, "Set-Cookie")).isEmpty();
  }

  @Test
  void aFormOfAnotherSiteIsRefusedAlsoWhenTheUserIsLoggedIn() {
    HttpResponse<String> login = browser.open(request());
    browser.logIn(login, "alice", "alice-secret");

    HttpResponse<String> forged =
        browser.send(
            server
                .form("/oauth/login", UserAgent.form(UserAgent.fields(login)))
                .header("Origin", "https://evil.example.com"));

    assertThat(forged.statusCode()).isEqualTo(403);
  }

  @Test
  void theSessionExpiresEightHoursAfterTheLogInDespiteUse() {
    HttpResponse<String> loggedIn = browser.logIn(browser.open(request()), "alice", "alice-secret");
    HttpResponse<String> consent = browser.follow(loggedIn);

    clock.turn(Duration.ofHours(8).minusNanos(1));
    assertThat(browser.open(request()).body()).contains(CONSENT);

    clock.turn(Duration.ofNanos(1));
    assertThat(browser.open(request()).body()).contains(LOG_IN);
    assertThat(location(browser.decide(consent, "approve")).getPath())
        .isEqualTo("/oauth/authorize");
  }

  @Test
  void consentIsRequiredEachTime() {
    browser.consent(request());

    assertThat(browser.open(request()).body()).contains(CONSENT);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          too short            | gatehouse-session=abc
          too long             | gatehouse-session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
          other characters     | gatehouse-session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa+
          quoted               | gatehouse-session="abc"
          empty                | gatehouse-session=
          another name         | session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
          another case         | Gatehouse-Session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
          """)
  void anInvalidCookieIsReplaced(String what, String cookie) {
    assertThat(header(openWith(cookie), "Set-Cookie")).matches(NAME + "[A-Za-z0-9_-]{43};.*");
  }

  @Test // a subdomain can set a cookie of the same name, but not one that fits the form
  void anInvalidCookieBesideTheValidOneIsIgnored() {
    HttpResponse<String> loggedIn = browser.logIn(browser.open(request()), "alice", "alice-secret");

    assertThat(openWith(NAME + "abc; " + cookie(loggedIn)).body()).contains(CONSENT);
    assertThat(openWith("x=y; " + cookie(loggedIn) + "; z=1").body()).contains(CONSENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/oauth/token", "/oauth/introspect", "/oauth/revoke"})
  void theCookieAuthenticatesNoClient(String path) {
    HttpResponse<String> loggedIn = browser.logIn(browser.open(request()), "alice", "alice-secret");

    HttpResponse<String> response =
        server.send(
            server.form(path, "token=abc&" + Demo.FROM_CLIENT).header("Cookie", cookie(loggedIn)));

    assertThat(response.statusCode()).isEqualTo(401);
  }

  @ParameterizedTest(name = "{0}") // RFC 6265bis §4.1.3.2: no sibling domain can set such a cookie
  @CsvSource({
    "https://login.example.com, __Host-gatehouse-session",
    "https://login.example.com/tenant, __Host-gatehouse-session-[A-Za-z0-9_-]{16}",
  })
  void offLoopbackTheCookieBelongsToThisHostAlone(String issuer, String name) {
    String path = URI.create(issuer).getPath();
    try (TestServer server =
        TestServer.start(
            path.isEmpty() ? "/" : path,
            (origin, context) -> Demo.withUsers(issuer).clock(clock).build().register(context))) {
      UserAgent browser = new UserAgent(server, issuer);

      HttpResponse<String> login = browser.open(request());
      HttpResponse<String> loggedIn = browser.logIn(login, "alice", "alice-secret");

      String attributes = "=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure";
      assertThat(header(login, "Set-Cookie")).matches(name + attributes);
      assertThat(header(loggedIn, "Set-Cookie")).matches(name + attributes);
      assertThat(browser.follow(loggedIn).body()).contains("You are logged in as alice");
    }
  }

  @Test // login CSRF: a sibling domain can set a cookie without the prefix
  void offLoopbackACookieWithoutThePrefixIsIgnored() {
    String issuer = "https://login.example.com";
    try (TestServer server =
        TestServer.start(
            (origin, context) -> Demo.withUsers(issuer).clock(clock).build().register(context))) {
      UserAgent attacker = new UserAgent(server, issuer);
      HttpResponse<String> loggedIn = attacker.logIn(attacker.open(request()), "bob", "bob-secret");
      String planted = NAME + cookie(loggedIn).substring(cookie(loggedIn).indexOf('=') + 1);

      HttpResponse<String> page =
          server.send(
              server
                  .request("/oauth/authorize?" + UserAgent.form(request()))
                  .GET()
                  .header("Cookie", planted));

      assertThat(page.body()).contains(LOG_IN).doesNotContain("bob");
    }
  }

  private HttpResponse<String> openWith(String cookie) {
    return server.send(
        server
            .request("/oauth/authorize?" + UserAgent.form(request()))
            .GET()
            .header("Cookie", cookie));
  }

  private static String cookie(HttpResponse<String> response) {
    String set = header(response, "Set-Cookie");
    return set.substring(0, set.indexOf(';'));
  }
}
