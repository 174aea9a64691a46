package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.fields;
import static dev.gatehouse.authorizationserver.testing.UserAgent.location;
import static dev.gatehouse.authorizationserver.testing.UserAgent.parameters;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static dev.gatehouse.authorizationserver.testing.UserAgent.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.memory.InMemoryTokenStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** One click on a button of the consent page counts once, however often the form is sent. */
class ConsentOnceTest {
  private final TurnedClock clock = new TurnedClock();
  private final AtomicInteger revocations = new AtomicInteger();
  private final InMemoryTokenStore tokens = new InMemoryTokenStore();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .clock(clock)
                  .tokenStore(tokens)
                  .onRevocation(revocations::incrementAndGet)
                  .build()
                  .register(context));

  private final UserAgent browser = new UserAgent(server);

  @Test // the browser follows the second response, so it has to work
  void aSecondClickOnAllowGetsTheSameRedirect() {
    HttpResponse<String> page = consentPage();

    HttpResponse<String> first = browser.decide(page, "approve");
    HttpResponse<String> second = browser.decide(page, "approve");

    assertThat(location(second)).isEqualTo(location(first));
    assertThat(browser.redeem(code(second)).statusCode()).isEqualTo(200);
  }

  @Test
  void aFormThatIsSentAfterItsCodeWasRedeemedGetsAPageThatExplains() {
    HttpResponse<String> page = consentPage();
    HttpResponse<String> allowed = browser.redeem(code(browser.decide(page, "approve")));

    HttpResponse<String> again = browser.decide(page, "approve");

    assertAnswered(again);
    assertActive(allowed);
  }

  @Test
  void aFormThatIsSentAfterItsCodeExpiredGetsNoOtherCodeAlsoWhenExpiredDataIsDeleted() {
    HttpResponse<String> page = consentPage();
    browser.decide(page, "approve");
    clock.turn(Duration.ofSeconds(60));

    assertAnswered(browser.decide(page, "approve"));
    tokens.sweep(clock.instant());
    assertAnswered(browser.decide(page, "approve"));
    clock.turn(Duration.ofHours(8).minusSeconds(61));
    tokens.sweep(clock.instant());
    assertAnswered(browser.decide(page, "approve"));
  }

  @Test
  void eachPageCanBeAllowedOnce() {
    HttpResponse<String> page = consentPage();
    String first = code(browser.decide(page, "approve"));

    String second = code(browser.decide(browser.open(request()), "approve"));

    assertThat(second).isNotEqualTo(first);
    assertThat(browser.redeem(first).statusCode()).isEqualTo(200);
    assertThat(browser.redeem(second).statusCode()).isEqualTo(200);
  }

  @Test
  void aSecondAnswerForOtherScopesDoesNotGetTheCodeOfTheFirst() {
    HttpResponse<String> page = consentPage();
    browser.decide(page, "approve");
    Map<String, String> fields = fields(page);
    fields.remove("scope:notes:write");
    fields.put("decision", "approve");

    assertAnswered(browser.post("/oauth/consent", fields));
  }

  @Test // a form that was tampered with
  void aFormForAnotherRequestDoesNotGetTheCodeOfTheFirst() {
    HttpResponse<String> page = consentPage();
    browser.decide(page, "approve");
    Map<String, String> other = request();
    other.put("client_id", "other-app");
    Map<String, String> fields = fields(page);
    fields.put("request", UserAgent.form(other));
    fields.put("decision", "approve");

    assertAnswered(browser.post("/oauth/consent", fields));
  }

  @Test
  void theFormOfAnotherLogInIsNoSecondAnswer() {
    HttpResponse<String> page = consentPage();
    String first = code(browser.decide(page, "approve"));
    UserAgent bob = new UserAgent(server);
    HttpResponse<String> bobsPage = bob.follow(bob.logIn(bob.open(request()), "bob", "bob-secret"));
    Map<String, String> fields = fields(bobsPage);
    fields.put("form_id", value(fields(page), "form_id"));
    fields.put("decision", "approve");

    String second = code(bob.post("/oauth/consent", fields));

    assertThat(second).isNotEqualTo(first);
    HttpResponse<String> redeemed = bob.redeem(second);
    assertThat(json(introspect(server, text(redeemed, "access_token"))))
        .containsEntry("sub", "bob");
  }

  @Test // RFC 6749 §4.1.2 says SHOULD: here, this server sent the code twice, and to its client
  void aClientThatRedeemsACodeSentTwiceTwiceKeepsItsTokens() {
    HttpResponse<String> page = consentPage();
    String code = code(browser.decide(page, "approve"));
    browser.decide(page, "approve");

    HttpResponse<String> redeemed = browser.redeem(code);
    HttpResponse<String> again = browser.redeem(code);

    assertThat(json(again)).containsEntry("error", "invalid_grant");
    assertActive(redeemed);
    assertThat(browser.refresh(text(redeemed, "refresh_token")).statusCode()).isEqualTo(200);
    assertThat(revocations).hasValue(0);
  }

  @LogsWarning("its tokens are revoked")
  @Test
  void aThiefOfACodeSentTwiceIsStillNoticed() {
    HttpResponse<String> page = consentPage();
    String code = code(browser.decide(page, "approve"));
    browser.decide(page, "approve");
    HttpResponse<String> redeemed = browser.redeem(code);

    server.post(
        Demo.TOKEN,
        "grant_type=authorization_code&client_id=public&code="
            + code
            + "&code_verifier="
            + "x".repeat(43));

    assertThat(revocations).hasValue(1);
    assertThat(introspect(server, text(redeemed, "access_token")).body())
        .isEqualTo("{\"active\":false}");
  }

  @LogsWarning("its tokens are revoked")
  @Test
  void aCodeSentTwiceThatIsRedeemedAgainLaterIsStolen() {
    HttpResponse<String> page = consentPage();
    String code = code(browser.decide(page, "approve"));
    browser.decide(page, "approve");
    browser.redeem(code);

    clock.turn(Duration.ofSeconds(60));
    browser.redeem(code);

    assertThat(revocations).hasValue(1);
  }

  @Test
  void aSecondClickOnDenyGetsTheSameRedirect() {
    HttpResponse<String> page = consentPage();

    HttpResponse<String> first = browser.decide(page, "deny");
    HttpResponse<String> second = browser.decide(page, "deny");

    assertThat(parameters(second)).containsEntry("error", "access_denied");
    assertThat(location(second)).isEqualTo(location(first));
  }

  @Test
  void aDeniedFormCannotBeAllowed() {
    HttpResponse<String> page = consentPage();
    browser.decide(page, "deny");

    assertAnswered(browser.decide(page, "approve"));
    assertThat(code(browser.decide(browser.open(request()), "approve"))).isNotEmpty();
  }

  @LogsWarning("its tokens are revoked")
  @Test
  void aDenialWithdrawsTheCodeThatTheSameFormGot() {
    HttpResponse<String> page = consentPage();
    String code = code(browser.decide(page, "approve"));

    assertThat(parameters(browser.decide(page, "deny"))).containsEntry("error", "access_denied");

    assertThat(json(browser.redeem(code))).containsEntry("error", "invalid_grant");
    assertAnswered(browser.decide(page, "approve"));
  }

  @Test
  void aDenialEndsTheTokensThatTheSameFormGot() {
    HttpResponse<String> page = consentPage();
    HttpResponse<String> redeemed = browser.redeem(code(browser.decide(page, "approve")));

    browser.decide(page, "deny");

    assertThat(revocations).hasValue(1);
    assertThat(introspect(server, text(redeemed, "access_token")).body())
        .isEqualTo("{\"active\":false}");
  }

  @Test // the first click has already logged the user in
  void aSecondClickOnLogInLeadsToTheConsentPage() {
    HttpResponse<String> login = browser.open(request());
    browser.logIn(login, "alice", "alice-secret");

    HttpResponse<String> second = browser.logIn(login, "alice", "alice-secret");

    assertThat(browser.follow(second).body()).contains("You are logged in as alice");
  }

  @Test // the response to the first click has not arrived
  void aSecondClickOnLogInWithTheOldCookieLogsInAsWell() {
    HttpResponse<String> login = browser.open(request());
    String cookie = header(login, "Set-Cookie").replaceAll(";.*", "");
    browser.logIn(login, "alice", "alice-secret");
    Map<String, String> fields = fields(login);
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    HttpResponse<String> second =
        server.send(server.form("/oauth/login", UserAgent.form(fields)).header("Cookie", cookie));

    assertThat(location(second).getPath()).isEqualTo("/oauth/authorize");
    assertThat(header(second, "Set-Cookie")).isNotEmpty();
  }

  private HttpResponse<String> consentPage() {
    return browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
  }

  private static String code(HttpResponse<String> redirect) {
    return value(parameters(redirect), "code");
  }

  private void assertActive(HttpResponse<String> redeemed) {
    assertThat(json(introspect(server, text(redeemed, "access_token"))))
        .containsEntry("active", true);
  }

  private static void assertAnswered(HttpResponse<String> page) {
    assertThat(page.statusCode()).isEqualTo(409);
    assertThat(header(page, "Location")).isEmpty();
    assertThat(header(page, "Content-Type")).startsWith("text/html");
    assertThat(page.body()).contains("You have already answered this request.");
  }
}
