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

import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.UserAuthentication;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemorySessionStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways around a required log-in: other forms, tabs, requests, clocks and old sessions. */
class StepUpAttacksTest {
  private static final String LOG_IN = "name=\"password\"";
  private static final String CONSENT = "name=\"decision\"";
  private static final String PASSWORD =
      "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

  private final TurnedClock clock = new TurnedClock();
  private final InMemorySessionStore sessions = new InMemorySessionStore();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .clientRegistry(new InMemoryClientRegistry(Demo.clients()))
                  .clock(clock)
                  .sessionStore(sessions)
                  .build()
                  .register(context));

  private final UserAgent browser = new UserAgent(server);

  @ParameterizedTest
  @ValueSource(strings = {"prompt=login", "max_age=0", "max_age=59"})
  void aConsentFormForAnotherRequestDoesNotReplaceTheLogIn(String requirement) {
    Map<String, String> fields = fields(logIn(request()));
    clock.turn(Duration.ofMinutes(1));
    fields.put("request", UserAgent.form(request()) + "&" + requirement);
    fields.put("decision", "approve");

    HttpResponse<String> response = browser.post("/oauth/consent", fields);

    assertThat(location(response).getPath()).isEqualTo("/oauth/authorize");
    assertThat(browser.follow(response).body()).contains(LOG_IN);
  }

  @Test
  void theConsentFormOfAnOlderLogInIsRefused() {
    HttpResponse<String> old = logIn(request());
    logIn(requestWith("prompt", "login"));

    assertThat(browser.decide(old, "approve").statusCode()).isEqualTo(403);
  }

  @Test
  void theCookieOfAnOlderLogInIsWorthNothing() {
    HttpResponse<String> loggedIn = browser.logIn(browser.open(request()), "alice", "alice-secret");
    HttpResponse<String> old = browser.follow(loggedIn);
    logIn(requestWith("prompt", "login"));
    Map<String, String> fields = fields(old);
    fields.put("decision", "approve");

    HttpResponse<String> replayed =
        server.send(
            server
                .form("/oauth/consent", UserAgent.form(fields))
                .header("Cookie", header(loggedIn, "Set-Cookie").replaceAll(";.*", "")));

    assertThat(location(replayed).getPath()).isEqualTo("/oauth/authorize");
  }

  @ParameterizedTest
  @CsvSource({"state, other", "scope, notes:read", "unknown, x"})
  void aLogInForOneRequestIsNoLogInForAnother(String name, String value) {
    Map<String, String> request = requestWith("prompt", "login");
    assertThat(logIn(request).body()).contains(CONSENT);

    request.put(name, value);

    assertThat(browser.open(request).body()).contains(LOG_IN);
  }

  @Test
  void aLogInFormWhoseRequestWasEditedIsNoLogInForTheRequestItself() {
    logIn(request());
    Map<String, String> request = requestWith("prompt", "login");
    Map<String, String> fields = fields(browser.open(request));
    fields.put("request", UserAgent.form(request()));
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    HttpResponse<String> loggedIn = browser.post("/oauth/login", fields);

    assertThat(browser.follow(loggedIn).body()).contains(CONSENT);
    assertThat(browser.open(request).body()).contains(LOG_IN);
  }

  @Test // any user can change what the own browser sends; the token tells the truth
  void aRequirementThatTheUserRemovedLeavesTheOldTimeInTheToken() {
    long loggedInAt = clock.instant().getEpochSecond();
    logIn(request());
    clock.turn(Duration.ofHours(1));
    assertThat(browser.open(requestWith("max_age", "300")).body()).contains(LOG_IN);

    HttpResponse<String> allowed = browser.decide(browser.open(request()), "approve");

    assertThat(introspected(allowed)).containsEntry("auth_time", loggedInAt);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"prompt=login&prompt=consent", "max_age=0&max_age=9", "prompt=login&prompt="})
  void aRepeatedParameterIsAnErrorAndNotTheLaxerValue(String requirement) {
    logIn(request());

    HttpResponse<String> page =
        browser.send(
            server
                .request("/oauth/authorize?" + UserAgent.form(request()) + "&" + requirement)
                .GET());

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.body()).contains("A parameter of the request is repeated.");
  }

  @Test
  void aRequestThatIsPostedIsRefusedAsBefore() {
    logIn(request());

    assertThat(browser.post("/oauth/authorize", requestWith("prompt", "login")).statusCode())
        .isEqualTo(405);
  }

  @Test
  void twoTabsThatBothRequireALogInEachGetOne() {
    Map<String, String> one = requestWith("state", "one");
    one.put("prompt", "login");
    Map<String, String> two = requestWith("state", "two");
    two.put("prompt", "login");
    HttpResponse<String> firstTab = browser.open(one);
    HttpResponse<String> secondTab = browser.open(two);

    HttpResponse<String> consent = browser.follow(browser.logIn(firstTab, "alice", "alice-secret"));
    HttpResponse<String> again = browser.follow(browser.logIn(secondTab, "alice", "alice-secret"));

    // The second form was for the cookie before the log-in, so its password was not checked.
    assertThat(again.body()).contains(LOG_IN);
    assertThat(parameters(browser.decide(consent, "approve"))).containsKey("code");
    HttpResponse<String> second = browser.follow(browser.logIn(again, "alice", "alice-secret"));
    assertThat(parameters(browser.decide(second, "approve")))
        .containsEntry("state", "two")
        .containsKey("code");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/oauth/login", "/oauth/consent"})
  void aFormWithPromptNoneHasNoEffect(String path) {
    Map<String, String> fields = fields(logIn(request()));
    fields.put("request", UserAgent.form(requestWith("prompt", "none")));
    fields.put("decision", "approve");
    fields.put("username", "bob");
    fields.put("password", "bob-secret");

    HttpResponse<String> response = browser.post(path, fields);

    assertThat(parameters(browser.follow(response))).containsEntry("error", "consent_required");
    assertThat(browser.open(request()).body()).contains("You are logged in as alice");
  }

  @Test // RFC 9700 §4.11.2: this server is no open redirector, with prompt=none neither
  void promptNoneOfASelfRegisteredClientLeadsToALink() {
    HttpResponse<String> registered =
        server.send(
            server
                .request("/oauth/register")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"redirect_uris\":[\"https://app.example.com/cb\"]}")));
    Map<String, String> request = requestWith("prompt", "none");
    request.put("client_id", text(registered, "client_id"));
    request.put("redirect_uri", "https://app.example.com/cb");

    HttpResponse<String> page = browser.open(request);

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(header(page, "Location")).isEmpty();
    assertThat(page.body())
        .contains("<a href=\"https://app.example.com/cb?error=login_required&amp;");
  }

  @ParameterizedTest(name = "{0}") // the time in the token must not pass for recent for too long
  @CsvSource({
    "PT-1M, , true",
    "PT-1M-1S, , false",
    "PT-1H, , false",
    "PT-30S, 30, true",
    "PT-30S, 29, false",
    "PT-30S, 0, false",
  })
  void afterTheClockWasTurnedBackALogInCountsIfItMayBeTheClockOfAnotherNode(
      Duration turn, @Nullable String maxAge, boolean counts) {
    clock.turn(Duration.ofHours(2));
    logIn(request());
    clock.turn(turn);

    HttpResponse<String> page =
        browser.open(maxAge == null ? request() : requestWith("max_age", maxAge));

    assertThat(page.body()).contains(counts ? CONSENT : LOG_IN);
  }

  @Test // no loop either: the clock of the node that shows the consent page is behind
  void aRequiredLogInCountsWhenTheClockOfTheNextNodeIsBehind() {
    Map<String, String> request = requestWith("max_age", "0");
    HttpResponse<String> loggedIn = browser.logIn(browser.open(request), "alice", "alice-secret");
    clock.turn(Duration.ofSeconds(-5));

    assertThat(browser.follow(loggedIn).body()).contains(CONSENT);
  }

  @ParameterizedTest
  @CsvSource({
    ", , true",
    "prompt, consent, true",
    "prompt, login, false",
    "max_age, 999999999, false",
    "acr_values, " + PASSWORD + ", false",
  })
  void aLogInOfAnEarlierVersionMeetsNoRequirement(
      @Nullable String name, @Nullable String value, boolean sufficient) {
    OpaqueToken cookie = stored(null);

    HttpResponse<String> page =
        openWith(cookie, name == null || value == null ? request() : requestWith(name, value));

    assertThat(page.body()).contains(sufficient ? CONSENT : LOG_IN);
  }

  @Test
  void aTokenFromALogInOfAnEarlierVersionHasNeitherTimeNorClass() {
    OpaqueToken cookie = stored(null);
    Map<String, String> fields = fields(openWith(cookie, request()));
    fields.put("decision", "approve");

    HttpResponse<String> allowed =
        server.send(
            server
                .form("/oauth/consent", UserAgent.form(fields))
                .header("Cookie", "gatehouse-session=" + cookie.value()));

    assertThat(introspected(allowed))
        .containsEntry("sub", "alice")
        .doesNotContainKeys("auth_time", "acr");
  }

  @Test // the server's class was another one when the user logged in
  void aLogInOfAnotherClassMeetsNoRequirementOfTheClassOfToday() {
    UserAuthentication other = new UserAuthentication(clock.instant(), "urn:example:other");
    OpaqueToken cookie = stored(other);

    assertThat(openWith(cookie, request()).body()).contains(CONSENT);
    assertThat(openWith(cookie, requestWith("acr_values", PASSWORD)).body()).contains(LOG_IN);
    assertThat(logIn(requestWith("acr_values", PASSWORD)).body()).contains(CONSENT);
  }

  private OpaqueToken stored(@Nullable UserAuthentication authentication) {
    OpaqueToken cookie = OpaqueToken.random();
    sessions.save(
        cookie.hash(),
        new LoginSession(
            "alice", "alice", authentication, null, clock.instant().plusSeconds(3600)));
    return cookie;
  }

  private HttpResponse<String> openWith(OpaqueToken cookie, Map<String, String> request) {
    return server.send(
        server
            .request("/oauth/authorize?" + UserAgent.form(request))
            .GET()
            .header("Cookie", "gatehouse-session=" + cookie.value()));
  }

  private HttpResponse<String> logIn(Map<String, String> request) {
    return browser.follow(browser.logIn(browser.open(request), "alice", "alice-secret"));
  }

  private Map<String, Object> introspected(HttpResponse<String> allowed) {
    HttpResponse<String> tokens = browser.redeem(value(parameters(allowed), "code"));
    return json(Demo.introspect(server, text(tokens, "access_token")));
  }

  private static Map<String, String> requestWith(String name, String value) {
    Map<String, String> request = request();
    request.put(name, value);
    return request;
  }
}
