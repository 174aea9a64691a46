package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.UserAgent.fields;
import static dev.gatehouse.authorizationserver.testing.UserAgent.parameters;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The log-in page and the consent page, from the first request to the redirect. */
class AuthorizationPagesTest {
  private final TurnedClock clock = new TurnedClock();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) -> Demo.withUsers(origin).clock(clock).build().register(context));

  private final UserAgent browser = new UserAgent(server);

  @Test
  void theConsentPageNamesClientRedirectResourceScopesAndUser() {
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
  void everyPageHasTheSecurityHeaders() {
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

  @Test // CSP 3: browsers ignore a style sheet whose hash differs
  void theStyleSheetHasTheHashInThePolicy() throws NoSuchAlgorithmException {
    HttpResponse<String> page = browser.open(request());
    String body = page.body();
    String style = body.substring(body.indexOf("<style>") + 7, body.indexOf("</style>"));

    assertThat(header(page, "Content-Security-Policy"))
        .contains(
            "'sha256-"
                + Base64.getEncoder()
                    .encodeToString(
                        MessageDigest.getInstance("SHA-256").digest(style.getBytes(UTF_8)))
                + "'");
  }

  @Test
  void theSessionCookieIsHiddenFromScriptsAndOtherSites() {
    String cookie = header(browser.open(request()), "Set-Cookie");

    assertThat(cookie)
        .matches("gatehouse-session=[A-Za-z0-9_-]{43}; Path=/oauth; HttpOnly; SameSite=Lax");
  }

  @Test // session fixation: a cookie planted before the log-in must be useless after it
  void aLogInSetsANewCookie() {
    HttpResponse<String> login = browser.open(request());
    String before = header(login, "Set-Cookie");

    HttpResponse<String> loggedIn = browser.logIn(login, "alice", "alice-secret");

    assertThat(header(loggedIn, "Set-Cookie")).isNotEmpty().isNotEqualTo(before);
  }

  @Test // some clients fetch the page before they open the browser
  void openingThePageTwiceChangesNothing() {
    HttpResponse<String> first = browser.open(request());
    browser.open(request());

    assertThat(browser.logIn(first, "alice", "alice-secret").statusCode()).isEqualTo(303);
  }

  @Test
  void aDenialIsSentToTheClient() {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));

    assertThat(parameters(browser.decide(page, "deny")))
        .containsOnlyKeys("error", "state", "iss")
        .containsEntry("error", "access_denied");
  }

  @Test
  void theUserCanSwitchToAnotherAccount() {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));

    HttpResponse<String> login = browser.follow(browser.decide(page, "switch"));

    assertThat(login.body()).contains("name=\"password\"");
    assertThat(browser.follow(browser.logIn(login, "bob", "bob-secret")).body())
        .contains("You are logged in as bob");
  }

  @Test
  void aLogInExpiresAfterEightHours() {
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
    "a password longer than bcrypt takes, alice,"
        + " alice-secretxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  })
  void aFailedLogInHasOneTextForEveryCause(String what, String username, String password) {
    HttpResponse<String> page = browser.logIn(browser.open(request()), username, password);

    assertThat(page.statusCode()).isEqualTo(403);
    assertThat(page.body())
        .contains("User name or password is wrong.")
        .contains("name=\"password\"");
  }

  @Test
  void thePageRepeatsTheUserNameEscapedAndNeverThePassword() {
    HttpResponse<String> page =
        browser.logIn(browser.open(request()), "\"><img src=x>'&", "not-the-password");

    assertThat(page.body())
        .contains(" value=\"&quot;&gt;&lt;img src=x&gt;&#39;&amp;\"")
        .doesNotContain("<img", "not-the-password");
  }

  @Test
  void wrongPasswordsForOneUserAreRateLimited() {
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

  @Test // guessing alice's password must not lock bob out
  void theRateLimitOfOneUserDoesNotAffectAnother() {
    HttpResponse<String> page = browser.open(request());
    for (int i = 0; i < 6; i++) {
      browser.logIn(page, "alice", "wrong");
    }

    assertThat(browser.logIn(page, "bob", "bob-secret").statusCode()).isEqualTo(303);
  }
}
