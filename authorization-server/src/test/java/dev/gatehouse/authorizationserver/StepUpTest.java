package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.fields;
import static dev.gatehouse.authorizationserver.testing.UserAgent.location;
import static dev.gatehouse.authorizationserver.testing.UserAgent.parameters;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static dev.gatehouse.authorizationserver.testing.UserAgent.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * When a user must log in again for a request, although logged in (OpenID Connect Core §3.1.2.1,
 * RFC 9470).
 */
class StepUpTest {
  private static final String LOG_IN = "login";
  private static final String CONSENT = "consent";

  private final TurnedClock clock = new TurnedClock();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .clock(clock)
                  .passwordAcr("urn:example:password")
                  .build()
                  .register(context));

  private final UserAgent browser = new UserAgent(server);

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          no requirement                     | PT7H   |                 |            |                                    | consent
          a log-in, also a moment ago        | PT0S   | login           |            |                                    | login
          a log-in and consent               | PT0S   | login consent   |            |                                    | login
          consent and a log-in               | PT0S   | consent login   |            |                                    | login
          a log-in, and an age that is met   | PT1S   | login           | 300        |                                    | login
          consent                            | PT7H   | consent         |            |                                    | consent
          a choice of the account            | PT7H   | select_account  |            |                                    | consent
          no page                            | PT0S   | none            |            |                                    | consent_required
          no page, recent enough             | PT5M   | none            | 300        |                                    | consent_required
          no page, too old                   | PT5M1S | none            | 300        |                                    | login_required
          no page, never recent enough       | PT0S   | none            | 0          |                                    | login_required
          no page, another class             | PT0S   | none            |            | urn:example:otp                    | unmet_authentication_requirements
          younger than the age               | PT4M   |                 | 300        |                                    | consent
          exactly the age                    | PT5M   |                 | 300        |                                    | consent
          a second older than the age        | PT5M1S |                 | 300        |                                    | login
          a nanosecond older than the age    | PT5M0.000000001S |       | 300        |                                    | login
          an age of zero                     | PT0S   |                 | 0          |                                    | login
          an age of zero, in two digits      | PT0S   |                 | 00         |                                    | login
          an age of eons                     | PT7H   |                 | 999999999999999999  |                           | consent
          an age that fits no number         | PT0S   |                 | 9999999999999999999 |                           | invalid_request
          a negative age                     | PT0S   |                 | -1         |                                    | invalid_request
          an age with a sign                 | PT0S   |                 | +1         |                                    | invalid_request
          an age with a unit                 | PT0S   |                 | 300s       |                                    | invalid_request
          an age with a fraction             | PT0S   |                 | 1.5        |                                    | invalid_request
          an age with an exponent            | PT0S   |                 | 1e3        |                                    | invalid_request
          a hexadecimal age                  | PT0S   |                 | 0x10       |                                    | invalid_request
          an age in other digits             | PT0S   |                 | ٣          |                                    | invalid_request
          an age with a space                | PT0S   |                 | '300 '     |                                    | invalid_request
          a blank age                        | PT0S   |                 | ' '        |                                    | invalid_request
          two ages                           | PT0S   |                 | '1 2'      |                                    | invalid_request
          an age that is a word              | PT0S   |                 | abc        |                                    | invalid_request
          the class of the log-in            | PT7H   |                 |            | urn:example:password               | consent
          the class of the log-in, beside one that cannot be reached | PT7H |   |  | urn:example:otp urn:example:password | consent
          another class                      | PT0S   |                 |            | urn:example:otp                    | unmet_authentication_requirements
          two other classes                  | PT0S   | login           | 0          | urn:example:otp phr                | unmet_authentication_requirements
          another case of the class          | PT0S   |                 |            | urn:example:PASSWORD               | unmet_authentication_requirements
          a part of the class                | PT0S   |                 |            | urn:example                        | unmet_authentication_requirements
          classes with two spaces between    | PT0S   |                 |            | urn:example:otp  urn:example:password | invalid_request
          blank classes                      | PT0S   |                 |            | ' '                                | invalid_request
          an unknown prompt                  | PT0S   | magic           |            |                                    | invalid_request
          an unknown prompt beside another   | PT0S   | login magic     |            |                                    | invalid_request
          another case of the prompt         | PT0S   | LOGIN           |            |                                    | invalid_request
          a comma between prompts            | PT0S   | login,consent   |            |                                    | invalid_request
          two spaces between prompts         | PT0S   | login  consent  |            |                                    | invalid_request
          a tab between prompts              | PT0S   | "login	consent" |            |                                    | invalid_request
          a blank prompt                     | PT0S   | ' '             |            |                                    | invalid_request
          no page and a log-in               | PT0S   | none login      |            |                                    | invalid_request
          consent and no page                | PT0S   | consent none    |            |                                    | invalid_request
          """)
  void aRequestOfALoggedInUserLeadsTo(
      String what,
      Duration age,
      @Nullable String prompt,
      @Nullable String maxAge,
      @Nullable String acrValues,
      String expected) {
    logIn();
    clock.turn(age);
    Map<String, String> request = stepUp(prompt, maxAge, acrValues);

    HttpResponse<String> response = browser.open(request);

    assertThat(kind(response)).isEqualTo(expected);
    if (response.statusCode() == 303) {
      assertThat(parameters(response))
          .containsOnlyKeys("error", "state", "iss")
          .containsEntry("state", "a state & more");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "none, login_required",
    "login, login",
    "consent, login",
    "select_account, login",
    "magic, invalid_request"
  })
  void aRequestOfAUserWhoIsNotLoggedInLeadsTo(String prompt, String expected) {
    assertThat(kind(browser.open(stepUp(prompt, null, null)))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "login, , ",
    "login consent, , ",
    ", 0, ",
    ", 1, ",
    "login, 0, urn:example:password",
    "login, 300, "
  })
  void theUserLogsInAgainExactlyOnceAndTheTokenHasTheNewTime(
      @Nullable String prompt, @Nullable String maxAge, @Nullable String acrValues) {
    logIn();
    clock.turn(Duration.ofHours(1).plusMillis(600));
    Map<String, String> request = stepUp(prompt, maxAge, acrValues);

    HttpResponse<String> login = browser.open(request);
    assertThat(kind(login)).isEqualTo(LOG_IN);
    assertThat(login.body()).contains("log in again", "value=\"alice\"");
    long loggedInAt = clock.instant().getEpochSecond();
    HttpResponse<String> consent = browser.follow(browser.logIn(login, "alice", "alice-secret"));
    clock.turn(Duration.ofSeconds(40)); // the user reads the page, and reloads it

    assertThat(kind(consent)).isEqualTo(CONSENT);
    assertThat(kind(browser.open(request))).isEqualTo(CONSENT);
    assertThat(introspected(browser.decide(consent, "approve")))
        .containsEntry("auth_time", loggedInAt)
        .containsEntry("acr", "urn:example:password");
  }

  @Test // a log-in for the request at hand counts, whatever it was preceded by
  void aUserWhoWasNotLoggedInLogsInOnce() {
    Map<String, String> request = stepUp(LOG_IN, "0", null);

    HttpResponse<String> login = browser.open(request);

    assertThat(login.body()).doesNotContain("log in again");
    assertThat(kind(browser.follow(browser.logIn(login, "alice", "alice-secret"))))
        .isEqualTo(CONSENT);
  }

  @Test
  void aWrongPasswordLeavesTheOldLogInAndDoesNotMeetTheRequirement() {
    logIn();
    Map<String, String> request = stepUp(LOG_IN, null, null);

    HttpResponse<String> failed = browser.logIn(browser.open(request), "alice", "wrong");

    assertThat(failed.statusCode()).isEqualTo(403);
    assertThat(kind(browser.open(request))).isEqualTo(LOG_IN);
    assertThat(kind(browser.open(request()))).isEqualTo(CONSENT);
  }

  @Test
  void anotherUserMayLogInAndReplacesTheOldSession() {
    HttpResponse<String> first = browser.logIn(browser.open(request()), "alice", "alice-secret");
    Map<String, String> request = stepUp(LOG_IN, null, null);

    HttpResponse<String> consent =
        browser.follow(browser.logIn(browser.open(request), "bob", "bob-secret"));

    assertThat(consent.body()).contains("You are logged in as bob");
    assertThat(introspected(browser.decide(consent, "approve"))).containsEntry("sub", "bob");
    HttpResponse<String> old =
        server.send(
            server
                .request("/oauth/authorize?" + UserAgent.form(request()))
                .GET()
                .header("Cookie", header(first, "Set-Cookie").replaceAll(";.*", "")));
    assertThat(kind(old)).isEqualTo(LOG_IN);
  }

  @Test
  void aLogInThatBecomesTooOldOnTheConsentPageIsRequiredAgain() {
    logIn();
    clock.turn(Duration.ofSeconds(290));
    HttpResponse<String> consent = browser.open(stepUp(null, "300", null));
    assertThat(kind(consent)).isEqualTo(CONSENT);
    clock.turn(Duration.ofSeconds(11));

    HttpResponse<String> login = browser.follow(browser.decide(consent, "approve"));

    assertThat(kind(login)).isEqualTo(LOG_IN);
    long now = clock.instant().getEpochSecond();
    HttpResponse<String> again = browser.follow(browser.logIn(login, "alice", "alice-secret"));
    assertThat(introspected(browser.decide(again, "approve"))).containsEntry("auth_time", now);
  }

  @Test
  void aLogInServesTheRequestItWasRequiredForFiveMinutes() {
    Map<String, String> request = stepUp(LOG_IN, null, null);
    HttpResponse<String> consent =
        browser.follow(browser.logIn(browser.open(request), "alice", "alice-secret"));

    clock.turn(Duration.ofMinutes(5));
    assertThat(kind(browser.open(request))).isEqualTo(CONSENT);
    clock.turn(Duration.ofNanos(1));

    assertThat(kind(browser.open(request))).isEqualTo(LOG_IN);
    assertThat(location(browser.decide(consent, "approve")).getPath())
        .isEqualTo("/oauth/authorize");
  }

  @Test
  void aUserWhoseLogInIsTooOldCanStillDeny() {
    logIn();
    HttpResponse<String> consent = browser.open(stepUp(null, "60", null));
    clock.turn(Duration.ofSeconds(61));

    assertThat(parameters(browser.decide(consent, "deny"))).containsEntry("error", "access_denied");
  }

  @Test
  void theButtonForAnotherUserLeadsToOneLogInToo() {
    Map<String, String> request = stepUp(LOG_IN, "0", null);
    HttpResponse<String> consent =
        browser.follow(browser.logIn(browser.open(request), "alice", "alice-secret"));

    HttpResponse<String> login = browser.follow(browser.decide(consent, "switch"));

    assertThat(kind(login)).isEqualTo(LOG_IN);
    assertThat(browser.follow(browser.logIn(login, "bob", "bob-secret")).body())
        .contains("You are logged in as bob");
  }

  @Test // MCP: what a client requests after insufficient_scope and insufficient_user_authentication
  void aClientGetsMoreScopesAndANewLogInInOneRequestAndKeepsItsFirstToken() {
    Map<String, String> first = request();
    first.put("scope", "notes:read");
    long firstLogIn = clock.instant().getEpochSecond();
    HttpResponse<String> little = browser.redeem(value(browser.consent(first), "code"));
    clock.turn(Duration.ofMinutes(6));
    Map<String, String> more = stepUp(null, "300", null);
    more.put("scope", "notes:read notes:write");

    HttpResponse<String> consent =
        browser.follow(browser.logIn(browser.open(more), "alice", "alice-secret"));

    assertThat(fields(consent)).containsKeys("scope:notes:read", "scope:notes:write");
    assertThat(introspected(browser.decide(consent, "approve")))
        .containsEntry("scope", "notes:read notes:write")
        .containsEntry("auth_time", firstLogIn + 360);
    HttpResponse<String> refreshed = browser.refresh(text(little, "refresh_token"));
    assertThat(json(Demo.introspect(server, text(refreshed, "access_token"))))
        .containsEntry("scope", "notes:read")
        .containsEntry("auth_time", firstLogIn);
  }

  /** Logs alice in for an ordinary request. */
  private void logIn() {
    HttpResponse<String> consent =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    assertThat(kind(consent)).isEqualTo(CONSENT);
  }

  private Map<String, Object> introspected(HttpResponse<String> allowed) {
    HttpResponse<String> tokens = browser.redeem(value(parameters(allowed), "code"));
    return json(Demo.introspect(server, text(tokens, "access_token")));
  }

  private static Map<String, String> stepUp(
      @Nullable String prompt, @Nullable String maxAge, @Nullable String acrValues) {
    Map<String, String> request = request();
    put(request, "prompt", prompt);
    put(request, "max_age", maxAge);
    put(request, "acr_values", acrValues);
    return request;
  }

  private static void put(Map<String, String> request, String name, @Nullable String value) {
    if (value != null) {
      request.put(name, value);
    }
  }

  /** The page, or the error that the client gets. */
  private static String kind(HttpResponse<String> response) {
    if (response.statusCode() == 303) {
      assertThat(location(response).toString()).startsWith("http://127.0.0.1:33418/callback?");
      return value(parameters(response), "error");
    }
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body().contains("name=\"password\"") ? LOG_IN : CONSENT;
  }
}
