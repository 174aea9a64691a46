package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.VERIFIER;
import static dev.gatehouse.authorizationserver.testing.UserAgent.answer;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static dev.gatehouse.authorizationserver.testing.UserAgent.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeAndRefreshTest {
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

  @Test // RFC 6749 §4.1
  void aUserLogsInAndTheClientGetsTokensInHerName() {
    Map<String, String> answer = browser.consent(request());
    assertThat(answer)
        .containsOnlyKeys("code", "state", "iss")
        .containsEntry("state", "a state & more")
        .containsEntry("iss", server.origin()); // RFC 9207 §2

    HttpResponse<String> tokens = browser.redeem(value(answer, "code"));

    assertThat(tokens.statusCode()).isEqualTo(200);
    assertThat(header(tokens, "Cache-Control")).isEqualTo("no-store");
    assertThat(header(tokens, "Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(json(tokens))
        .containsOnlyKeys("access_token", "token_type", "expires_in", "scope", "refresh_token")
        .containsEntry("scope", "notes:read notes:write");
    assertThat(json(introspect(server, text(tokens, "access_token"))))
        .containsEntry("active", true)
        .containsEntry("sub", "alice")
        .containsEntry("username", "alice")
        .containsEntry("client_id", "public")
        .containsEntry("aud", List.of(Demo.NOTES));
  }

  @Test
  void anUntickedScopeIsNotGranted() {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    Map<String, String> fields = UserAgent.fields(page);
    fields.remove("scope:notes:write");
    fields.put("scope:admin", "on");
    fields.put("decision", "approve");

    String code = value(answer(browser.post("/oauth/consent", fields)), "code");

    HttpResponse<String> tokens = browser.redeem(code);
    assertThat(json(tokens)).containsEntry("scope", "notes:read");
    assertThat(json(introspect(server, text(tokens, "access_token"))))
        .containsEntry("scope", "notes:read");
    HttpResponse<String> wider =
        server.post(
            Demo.TOKEN,
            "grant_type=refresh_token&client_id=public&scope=notes:write&refresh_token="
                + text(tokens, "refresh_token"));
    assertThat(json(wider)).containsEntry("error", "invalid_scope");
  }

  @Test
  void everythingUntickedIsADenial() {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    Map<String, String> fields = UserAgent.fields(page);
    fields.keySet().removeIf(name -> name.startsWith("scope:"));
    fields.put("decision", "approve");

    assertThat(answer(browser.post("/oauth/consent", fields)))
        .containsEntry("error", "access_denied");
  }

  @Test
  void aClientWithoutRefreshTokensGetsNone() {
    Map<String, String> request = request();
    request.put("client_id", "web");
    request.put("scope", "notes:read");
    request.put("redirect_uri", "https://web.example.com/callback?x=1");
    String code = value(browser.consent(request), "code");

    HttpResponse<String> tokens =
        server.post(
            Demo.TOKEN,
            "web",
            "web-secret",
            "grant_type=authorization_code&code=" + code + "&code_verifier=" + VERIFIER);

    assertThat(json(tokens)).containsKey("access_token").doesNotContainKey("refresh_token");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          all is right                         | public | a-verifier-of-43-characters-or-more-0123456789 | http://127.0.0.1:33418/callback | 200 |
          no redirect URI (OAuth 2.1 §10.2)    | public | a-verifier-of-43-characters-or-more-0123456789 |                                 | 200 |
          another redirect URI                 | public | a-verifier-of-43-characters-or-more-0123456789 | http://127.0.0.1:1/callback     | 400 | invalid_grant
          another verifier (RFC 7636 §4.6)     | public | b-verifier-of-43-characters-or-more-0123456789 |                                 | 400 | invalid_grant
          no verifier                          | public |                                                |                                 | 400 | invalid_grant
          a verifier that is too short         | public | short                                          |                                 | 400 | invalid_request
          another client                       | other  | a-verifier-of-43-characters-or-more-0123456789 |                                 | 401 | invalid_client
          """)
  void aCodeIsForOneClientAndOneVerifier(
      String what,
      String client,
      @Nullable String verifier,
      @Nullable String redirect,
      int status,
      @Nullable String error) {
    HttpResponse<String> answer =
        server.post(
            Demo.TOKEN,
            "grant_type=authorization_code&code="
                + browser.code()
                + "&client_id="
                + client
                + (verifier == null ? "" : "&code_verifier=" + verifier)
                + (redirect == null ? "" : "&redirect_uri=" + TestServer.encode(redirect)));

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(json(answer).get("error")).isEqualTo(error);
  }

  @Test // the code is someone else's, and is left alone
  void anotherClientsCodeStaysGood() {
    String code = browser.code();

    HttpResponse<String> stolen =
        server.post(
            Demo.TOKEN,
            "web",
            "web-secret",
            "grant_type=authorization_code&code=" + code + "&code_verifier=" + VERIFIER);

    assertThat(json(stolen)).containsEntry("error", "invalid_grant");
    assertThat(browser.redeem(code).statusCode()).isEqualTo(200);
  }

  @Test // RFC 6749 §4.1.2
  void aCodeIsGoodForLessThanAMinute() {
    String soon = browser.code();
    clock.turn(Duration.ofSeconds(60).minusNanos(1));
    assertThat(browser.redeem(soon).statusCode()).isEqualTo(200);

    String late = browser.code();
    clock.turn(Duration.ofSeconds(60));
    assertThat(json(browser.redeem(late))).containsEntry("error", "invalid_grant");
  }

  @LogsWarning("twice: its tokens are revoked")
  @Test // RFC 6749 §4.1.2
  void aCodeUsedTwiceRevokesWhatItHadYielded() {
    String code = browser.code();
    HttpResponse<String> tokens = browser.redeem(code);
    assertThat(revocations).hasValue(0);

    HttpResponse<String> again = browser.redeem(code);

    assertThat(revocations).hasValue(1);

    assertThat(json(again)).containsEntry("error", "invalid_grant");
    assertThat(introspect(server, text(tokens, "access_token")).body()).isEqualTo(INACTIVE);
    assertThat(json(browser.refresh(text(tokens, "refresh_token"))))
        .containsEntry("error", "invalid_grant");
  }

  @Test // RFC 9700 §4.14.2
  void aRefreshTokenIsExchangedForItsSuccessor() {
    HttpResponse<String> first = browser.redeem(browser.code());
    HttpResponse<String> second = browser.refresh(text(first, "refresh_token"));
    HttpResponse<String> third = browser.refresh(text(second, "refresh_token"));

    assertThat(third.statusCode()).isEqualTo(200);
    assertThat(text(second, "refresh_token")).isNotEqualTo(text(first, "refresh_token"));
    assertThat(json(introspect(server, text(third, "access_token"))))
        .containsEntry("sub", "alice")
        .containsEntry("scope", "notes:read notes:write")
        .containsEntry("aud", List.of(Demo.NOTES));
  }

  @Test // real clients race with themselves, and lose answers
  void withinTheGraceTheSameClientGetsTheSameSuccessor() {
    String refresh = text(browser.redeem(browser.code()), "refresh_token");
    HttpResponse<String> first = browser.refresh(refresh);

    clock.turn(Duration.ofSeconds(10).minusNanos(1));
    HttpResponse<String> again = browser.refresh(refresh);

    assertThat(text(again, "refresh_token")).isEqualTo(text(first, "refresh_token"));
    assertThat(json(introspect(server, text(first, "access_token")))).containsEntry("active", true);
    assertThat(json(introspect(server, text(again, "access_token")))).containsEntry("active", true);
    assertThat(browser.refresh(text(again, "refresh_token")).statusCode()).isEqualTo(200);
  }

  @LogsWarning("again: its grant is revoked")
  @Test // RFC 9700 §4.14.2
  void afterTheGraceASecondUseEndsTheWholeFamily() {
    String refresh = text(browser.redeem(browser.code()), "refresh_token");
    HttpResponse<String> successor = browser.refresh(refresh);

    clock.turn(Duration.ofSeconds(10));

    assertThat(json(browser.refresh(refresh))).containsEntry("error", "invalid_grant");
    assertThat(introspect(server, text(successor, "access_token")).body()).isEqualTo(INACTIVE);
    assertThat(json(browser.refresh(text(successor, "refresh_token"))))
        .containsEntry("error", "invalid_grant");
  }

  @Test // RFC 6749 §6
  void aRefreshMayAskForLessAndGetsItForThatTokenAlone() {
    String refresh = text(browser.redeem(browser.code()), "refresh_token");

    HttpResponse<String> narrow =
        server.post(
            Demo.TOKEN,
            "grant_type=refresh_token&client_id=public&scope=notes:read&refresh_token=" + refresh);
    HttpResponse<String> full = browser.refresh(text(narrow, "refresh_token"));

    assertThat(json(narrow)).containsEntry("scope", "notes:read");
    assertThat(json(full)).containsEntry("scope", "notes:read notes:write");
  }

  @Test // a mistake in the request does not cost the client its token
  void aRefusedRefreshUsesNothingUp() {
    String refresh = text(browser.redeem(browser.code()), "refresh_token");

    HttpResponse<String> wrong =
        server.post(
            Demo.TOKEN,
            "grant_type=refresh_token&client_id=public&resource=https%3A%2F%2Fevil.example.com&refresh_token="
                + refresh);

    assertThat(json(wrong)).containsEntry("error", "invalid_target");
    clock.turn(Duration.ofMinutes(1));
    assertThat(browser.refresh(refresh).statusCode()).isEqualTo(200);
  }

  @Test
  void aRefreshTokenNobodyUsesExpires() {
    String refresh = text(browser.redeem(browser.code()), "refresh_token");

    clock.turn(Duration.ofDays(30));

    assertThat(json(browser.refresh(refresh))).containsEntry("error", "invalid_grant");
  }

  @Test
  void anAccessTokenDoesNotRefresh() {
    String access = text(browser.redeem(browser.code()), "access_token");

    assertThat(json(browser.refresh(access))).containsEntry("error", "invalid_grant");
  }

  @Test // RFC 7009 §2.1, by a public client
  void aRevokedRefreshTokenEndsTheGrant() {
    HttpResponse<String> tokens = browser.redeem(browser.code());

    HttpResponse<String> answer =
        server.post(Demo.REVOKE, "client_id=public&token=" + text(tokens, "refresh_token"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(revocations).hasValue(1);
    assertThat(introspect(server, text(tokens, "access_token")).body()).isEqualTo(INACTIVE);
    assertThat(json(browser.refresh(text(tokens, "refresh_token"))))
        .containsEntry("error", "invalid_grant");
  }
}
