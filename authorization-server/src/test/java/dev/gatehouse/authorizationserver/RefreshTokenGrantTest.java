package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.Demo.TOKEN;
import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.ManyThreads;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rotation, reuse and narrowing of refresh tokens (RFC 6749 §6, RFC 9700 §4.14.2). */
class RefreshTokenGrantTest {
  private static final String INACTIVE = "{\"active\":false}";

  private final TurnedClock clock = new TurnedClock();
  private final AtomicInteger revocations = new AtomicInteger();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .clock(clock)
                  .onRevocation(revocations::incrementAndGet)
                  .build()
                  .register(context));

  private final UserAgent browser = new UserAgent(server);

  @Test // RFC 9700 §4.14.2
  void aRefreshTokenIsExchangedForItsSuccessor() {
    HttpResponse<String> first = browser.redeem(browser.code());
    HttpResponse<String> second = browser.refresh(text(first, "refresh_token"));
    HttpResponse<String> third = browser.refresh(text(second, "refresh_token"));

    assertThat(third.statusCode()).isEqualTo(200);
    assertThat(header(third, "Cache-Control")).isEqualTo("no-store");
    assertThat(json(third))
        .containsOnlyKeys("access_token", "token_type", "expires_in", "scope", "refresh_token");
    assertThat(text(second, "refresh_token")).isNotEqualTo(text(first, "refresh_token"));
    assertThat(json(introspect(server, text(third, "access_token"))))
        .containsEntry("sub", "alice")
        .containsEntry("scope", "notes:read notes:write")
        .containsEntry("aud", List.of(NOTES));
  }

  @Test
  void aRefreshLeavesTheEarlierAccessTokenActive() {
    HttpResponse<String> first = browser.redeem(browser.code());

    browser.refresh(text(first, "refresh_token"));

    assertThat(json(introspect(server, text(first, "access_token")))).containsEntry("active", true);
  }

  @Test // clients send concurrent requests and lose responses
  void withinTheGraceTheSameClientGetsTheSameSuccessor() {
    String refresh = refreshToken();
    HttpResponse<String> first = browser.refresh(refresh);

    clock.turn(Duration.ofSeconds(10).minusNanos(1));
    HttpResponse<String> again = browser.refresh(refresh);

    assertThat(text(again, "refresh_token")).isEqualTo(text(first, "refresh_token"));
    assertThat(json(introspect(server, text(first, "access_token")))).containsEntry("active", true);
    assertThat(json(introspect(server, text(again, "access_token")))).containsEntry("active", true);
    assertThat(browser.refresh(text(again, "refresh_token")).statusCode()).isEqualTo(200);
    assertThat(revocations).hasValue(0);
  }

  @Test
  void concurrentRefreshesGetOneSuccessorAndActiveAccessTokens() {
    String refresh = refreshToken();

    List<HttpResponse<String>> responses =
        ManyThreads.atOnce(i -> () -> new UserAgent(server).refresh(refresh));

    assertThat(responses).allMatch(response -> response.statusCode() == 200);
    assertThat(responses.stream().map(response -> text(response, "refresh_token")).distinct())
        .hasSize(1);
    assertThat(responses.stream().map(response -> text(response, "access_token")))
        .doesNotHaveDuplicates()
        .allSatisfy(
            access -> assertThat(json(introspect(server, access))).containsEntry("active", true));
  }

  @LogsWarning("again: its grant is revoked")
  @Test // RFC 9700 §4.14.2
  void aSecondUseAfterTheGraceRevokesTheGrant() {
    HttpResponse<String> tokens = browser.redeem(browser.code());
    String refresh = text(tokens, "refresh_token");
    HttpResponse<String> successor = browser.refresh(refresh);

    clock.turn(Duration.ofSeconds(10));

    assertThat(json(browser.refresh(refresh))).containsEntry("error", "invalid_grant");
    assertThat(revocations).hasValue(1);
    for (HttpResponse<String> each : List.of(tokens, successor)) {
      assertThat(introspect(server, text(each, "access_token")).body()).isEqualTo(INACTIVE);
    }
    assertThat(json(browser.refresh(text(successor, "refresh_token"))))
        .containsEntry("error", "invalid_grant");
  }

  @LogsWarning("again: its grant is revoked")
  @Test // RFC 9700 §4.14.2
  void reuseRevokesNoOtherGrantOfTheSameUserAndClient() {
    HttpResponse<String> other = browser.redeem(browser.code());
    String refresh = refreshToken();
    browser.refresh(refresh);
    clock.turn(Duration.ofSeconds(10));

    browser.refresh(refresh);

    assertThat(json(introspect(server, text(other, "access_token")))).containsEntry("active", true);
    assertThat(browser.refresh(text(other, "refresh_token")).statusCode()).isEqualTo(200);
  }

  @LogsWarning("again: its grant is revoked")
  @Test // a thief keeps using the chain; the first token is still known as used
  void reuseOfAnEarlyTokenRevokesTheWholeChain() {
    String first = refreshToken();
    String second = text(browser.refresh(first), "refresh_token");
    HttpResponse<String> third = browser.refresh(second);
    clock.turn(Duration.ofSeconds(10));

    browser.refresh(first);

    assertThat(introspect(server, text(third, "access_token")).body()).isEqualTo(INACTIVE);
    assertThat(json(browser.refresh(text(third, "refresh_token"))))
        .containsEntry("error", "invalid_grant");
  }

  @LogsWarning("again: its grant is revoked")
  @Test
  void withoutAGraceTheSecondUseRevokesTheGrantAtOnce() {
    try (TestServer strict =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin)
                    .clock(clock)
                    .refreshGrace(Duration.ZERO)
                    .build()
                    .register(context))) {
      UserAgent agent = new UserAgent(strict);
      String refresh = text(agent.redeem(agent.code()), "refresh_token");
      HttpResponse<String> successor = agent.refresh(refresh);

      assertThat(json(agent.refresh(refresh))).containsEntry("error", "invalid_grant");
      assertThat(introspect(strict, text(successor, "access_token")).body()).isEqualTo(INACTIVE);
    }
  }

  @Test // RFC 6749 §6
  void aRefreshMayNarrowTheScopeOfItsAccessTokenOnly() {
    String refresh = refreshToken();

    HttpResponse<String> narrow = refresh(refresh, "&scope=notes:read");
    HttpResponse<String> full = browser.refresh(text(narrow, "refresh_token"));

    assertThat(json(narrow)).containsEntry("scope", "notes:read");
    assertThat(json(introspect(server, text(narrow, "access_token"))))
        .containsEntry("scope", "notes:read");
    assertThat(json(full)).containsEntry("scope", "notes:read notes:write");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the granted scopes (RFC 6749 §6)      | &scope=notes:read+notes:write      | 200 |
          a scope twice                         | &scope=notes:read+notes:read       | 200 |
          a known scope that was not granted    | &scope=introspect                  | 400 | invalid_scope
          a granted scope and a known one       | &scope=notes:read+introspect       | 400 | invalid_scope
          an unknown and a known one            | &scope=openid+introspect           | 400 | invalid_scope
          a scope that is not a scope token     | &scope=notes:read+%22              | 400 | invalid_scope
          the granted resource (RFC 8707 §2.2)  | &resource=https%3A%2F%2Fnotes.example.com%2Fmcp | 200 |
          another resource                      | &resource=https%3A%2F%2Fevil.example.com        | 400 | invalid_target
          a resource below the granted one      | &resource=https%3A%2F%2Fnotes.example.com%2Fmcp%2Fx | 400 | invalid_target
          a relative resource                   | &resource=%2Fmcp                   | 400 | invalid_target
          two scope parameters (§3.2)           | &scope=notes:read&scope=notes:read | 400 | invalid_request
          """)
  void aRefusedRefreshLeavesTheTokenUsable(
      String what, String more, int status, @Nullable String error) {
    String refresh = refreshToken();

    HttpResponse<String> response = refresh(refresh, more);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).get("error")).isEqualTo(error);
    if (error != null) {
      clock.turn(Duration.ofMinutes(1));
      assertThat(browser.refresh(refresh).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void anUnusedRefreshTokenExpiresAfter30Days() {
    String soon = refreshToken();
    clock.turn(Duration.ofDays(30).minusNanos(1));
    assertThat(browser.refresh(soon).statusCode()).isEqualTo(200);

    String late = refreshToken();
    clock.turn(Duration.ofDays(30));
    assertThat(json(browser.refresh(late))).containsEntry("error", "invalid_grant");
    assertThat(revocations).hasValue(0);
  }

  @Test
  void eachRefreshStartsANewLifetime() {
    String refresh = refreshToken();
    for (int i = 0; i < 3; i++) {
      clock.turn(Duration.ofDays(29));
      refresh = text(browser.refresh(refresh), "refresh_token");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an unknown token               | client_id=public&refresh_token=abc                 | 400 | invalid_grant
          no token (RFC 6749 §6)         | client_id=public                                   | 400 | invalid_request
          an empty token                 | client_id=public&refresh_token=                    | 400 | invalid_request
          two tokens (§3.2)              | client_id=public&refresh_token=REFRESH&refresh_token=abc | 400 | invalid_request
          an access token                | client_id=public&refresh_token=ACCESS              | 400 | invalid_grant
          a code                         | client_id=public&refresh_token=CODE                | 400 | invalid_grant
          another client                 | client_id=other-app&refresh_token=REFRESH          | 400 | invalid_grant
          a client without this grant    | client_id=web&client_secret=web-secret&refresh_token=REFRESH | 400 | unauthorized_client
          an unknown client              | client_id=nobody&refresh_token=REFRESH             | 401 | invalid_client
          """)
  void onlyTheRefreshTokenOfTheClientIsAccepted(
      String what, String form, int status, String error) {
    String code = browser.code();
    HttpResponse<String> tokens = browser.redeem(browser.code());

    HttpResponse<String> response =
        server.post(
            TOKEN,
            "grant_type=refresh_token&"
                + form.replace("REFRESH", text(tokens, "refresh_token"))
                    .replace("ACCESS", text(tokens, "access_token"))
                    .replace("CODE", code));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response)).containsEntry("error", error);
    assertThat(browser.refresh(text(tokens, "refresh_token")).statusCode()).isEqualTo(200);
  }

  @Test // RFC 7009 §2.1, by a public client
  void aRevokedRefreshTokenEndsTheGrant() {
    HttpResponse<String> tokens = browser.redeem(browser.code());

    HttpResponse<String> response =
        server.post(Demo.REVOKE, "client_id=public&token=" + text(tokens, "refresh_token"));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(revocations).hasValue(1);
    assertThat(introspect(server, text(tokens, "access_token")).body()).isEqualTo(INACTIVE);
    assertThat(json(browser.refresh(text(tokens, "refresh_token"))))
        .containsEntry("error", "invalid_grant");
  }

  private String refreshToken() {
    return text(browser.redeem(browser.code()), "refresh_token");
  }

  private HttpResponse<String> refresh(String token, String more) {
    return server.post(
        TOKEN, "grant_type=refresh_token&client_id=public&refresh_token=" + token + more);
  }
}
