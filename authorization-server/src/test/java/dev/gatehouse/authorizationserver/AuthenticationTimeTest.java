package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.INTROSPECT;
import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.TestServer.basic;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** What tokens say about the user's authentication (RFC 9470 §6.2), and to whom. */
class AuthenticationTimeTest {
  private final TurnedClock clock = new TurnedClock();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .resource(Demo.MAPS)
                  .clock(clock)
                  .passwordAcr("pwd")
                  .build()
                  .register(context));

  private final UserAgent browser = new UserAgent(server);

  @Test
  void introspectionTellsWhenTheUserLoggedInAndNotWhenTheTokenWasIssued() {
    clock.turn(Duration.ofMillis(1_999));
    HttpResponse<String> login = browser.open(request());
    HttpResponse<String> consent = browser.follow(browser.logIn(login, "alice", "alice-secret"));
    long loggedInAt = clock.instant().getEpochSecond();
    clock.turn(Duration.ofSeconds(100));
    String code = UserAgent.value(UserAgent.parameters(browser.decide(consent, "approve")), "code");
    clock.turn(Duration.ofSeconds(50));

    HttpResponse<String> introspection =
        introspect(server, text(browser.redeem(code), "access_token"));

    // A JSON number without a fraction, and rounded down.
    assertThat(introspection.body()).contains("\"auth_time\":" + loggedInAt + ",");
    assertThat(json(introspection))
        .containsEntry("acr", "pwd")
        .containsEntry("iat", loggedInAt + 150);
  }

  @RepeatedTest(5)
  void refreshingNeverMakesTheTimeMoreRecent(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    long loggedInAt = clock.instant().getEpochSecond();
    HttpResponse<String> tokens = browser.redeem(browser.code());
    for (int i = 0; i < 20; i++) {
      clock.turn(Duration.ofSeconds(random.nextInt(100_000)));
      String form =
          "grant_type=refresh_token&client_id=public&refresh_token="
              + text(tokens, "refresh_token")
              + (random.nextBoolean() ? "" : "&scope=notes%3Aread");
      tokens = server.post(Demo.TOKEN, form);
      assertSaysLoggedInAt(loggedInAt, tokens);
      // Sent again within the grace period, it yields another access token.
      assertSaysLoggedInAt(loggedInAt, server.post(Demo.TOKEN, form));
    }
  }

  private void assertSaysLoggedInAt(long time, HttpResponse<String> tokens) {
    assertThat(json(introspect(server, text(tokens, "access_token"))))
        .containsEntry("active", true)
        .containsEntry("auth_time", time)
        .containsEntry("acr", "pwd");
  }

  @Test // the session goes on to other clients, and its time with it
  void aLaterRequestOfTheSameSessionGetsTheTimeOfTheLogIn() {
    long loggedInAt = clock.instant().getEpochSecond();
    browser.consent(request());
    clock.turn(Duration.ofHours(7));

    HttpResponse<String> allowed = browser.decide(browser.open(request()), "approve");

    assertSaysLoggedInAt(
        loggedInAt, browser.redeem(UserAgent.value(UserAgent.parameters(allowed), "code")));
  }

  @Test
  void aClientThatActsForItselfHasNeither() {
    String token =
        text(
            server.post(
                Demo.TOKEN,
                "client",
                "client-secret",
                Demo.FROM_CLIENT + "&resource=" + TestServer.encode(Demo.NOTES)),
            "access_token");

    assertThat(json(introspect(server, token)))
        .containsEntry("active", true)
        .doesNotContainKeys("auth_time", "acr");
  }

  @Test
  void aResourceServerThatSeesNothingElseDoesNotSeeThemEither() {
    String token = text(browser.redeem(browser.code()), "access_token");

    assertThat(server.post(INTROSPECT, "maps-server", "maps-secret", "token=" + token).body())
        .isEqualTo("{\"active\":false}");
  }

  @Test // RFC 9701 §5
  void aSignedResponseHasThemToo() throws ParseException {
    long loggedInAt = clock.instant().getEpochSecond();
    String token = text(browser.redeem(browser.code()), "access_token");

    HttpResponse<String> signed =
        server.send(
            server
                .form(INTROSPECT, "token=" + token)
                .header("Authorization", basic("notes-server", "notes-secret"))
                .header("Accept", "application/token-introspection+jwt"));

    Map<String, Object> members =
        SignedJWT.parse(signed.body()).getJWTClaimsSet().getJSONObjectClaim("token_introspection");
    assertThat(members).containsEntry("auth_time", loggedInAt).containsEntry("acr", "pwd");
  }
}
