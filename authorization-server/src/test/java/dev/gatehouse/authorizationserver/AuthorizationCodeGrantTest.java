package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.MAPS;
import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.Demo.TOKEN;
import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.VERIFIER;
import static dev.gatehouse.authorizationserver.testing.UserAgent.parameters;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static dev.gatehouse.authorizationserver.testing.UserAgent.value;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.ManyThreads;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The authorization code grant, from the log-in to the tokens (RFC 6749 §4.1, RFC 7636). */
class AuthorizationCodeGrantTest {
  private static final String INACTIVE = "{\"active\":false}";

  private final TurnedClock clock = new TurnedClock();
  private final AtomicInteger revocations = new AtomicInteger();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .resource(MAPS)
                  .clock(clock)
                  .onRevocation(revocations::incrementAndGet)
                  .build()
                  .register(context));

  private final UserAgent browser = new UserAgent(server);

  @Test // RFC 6749 §4.1
  void aUserLogsInAndTheClientGetsTokensForTheUser() {
    Map<String, String> response = browser.consent(request());
    assertThat(response)
        .containsOnlyKeys("code", "state", "iss")
        .containsEntry("state", "a state & more")
        .containsEntry("iss", server.origin()); // RFC 9207 §2

    HttpResponse<String> tokens = browser.redeem(value(response, "code"));

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
        .containsEntry("aud", List.of(NOTES));
  }

  @Test
  void codesAndTokensAre256BitsOfBase64url() {
    String code = browser.code();
    HttpResponse<String> tokens = browser.redeem(code);

    assertThat(List.of(code, text(tokens, "access_token"), text(tokens, "refresh_token")))
        .allMatch(value -> value.matches("[A-Za-z0-9_-]{43}"))
        .doesNotHaveDuplicates();
  }

  @Test // RFC 6749 §4.1.2
  void withoutAStateTheResponseHasNone() {
    Map<String, String> request = request();
    request.remove("state");

    assertThat(browser.consent(request)).containsOnlyKeys("code", "iss");
  }

  @Test
  void aDeselectedScopeIsNotGranted() {
    Map<String, String> fields = UserAgent.fields(consentPage(request()));
    fields.remove("scope:notes:write");
    fields.put("scope:admin", "on");
    fields.put("decision", "approve");

    String code = value(parameters(browser.post("/oauth/consent", fields)), "code");

    HttpResponse<String> tokens = browser.redeem(code);
    assertThat(json(tokens)).containsEntry("scope", "notes:read");
    assertThat(json(introspect(server, text(tokens, "access_token"))))
        .containsEntry("scope", "notes:read");
    HttpResponse<String> wider =
        server.post(
            TOKEN,
            "grant_type=refresh_token&client_id=public&scope=notes:write&refresh_token="
                + text(tokens, "refresh_token"));
    assertThat(json(wider)).containsEntry("error", "invalid_scope");
  }

  @Test
  void deselectingEveryScopeIsADenial() {
    Map<String, String> fields = UserAgent.fields(consentPage(request()));
    fields.keySet().removeIf(name -> name.startsWith("scope:"));
    fields.put("decision", "approve");

    assertThat(parameters(browser.post("/oauth/consent", fields)))
        .containsEntry("error", "access_denied");
  }

  @Test
  void aClientWithoutTheRefreshGrantGetsNoRefreshToken() {
    Map<String, String> request = request();
    request.put("client_id", "web");
    request.put("scope", "notes:read");
    request.put("redirect_uri", "https://web.example.com/callback?x=1");
    Map<String, String> response = browser.consent(request);

    HttpResponse<String> tokens = redeemAsWeb(value(response, "code"));

    assertThat(response).containsEntry("x", "1"); // RFC 6749 §3.1.2: the query is retained
    assertThat(json(tokens)).containsKey("access_token").doesNotContainKey("refresh_token");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the redirect URI of the request      | public | a-verifier-of-43-characters-or-more-0123456789 | http://127.0.0.1:33418/callback  | 200 |
          no redirect URI (OAuth 2.1 §10.2)    | public | a-verifier-of-43-characters-or-more-0123456789 |                                  | 200 |
          another port                         | public | a-verifier-of-43-characters-or-more-0123456789 | http://127.0.0.1:1/callback      | 400 | invalid_grant
          the registered one, without a port   | public | a-verifier-of-43-characters-or-more-0123456789 | http://127.0.0.1/callback        | 400 | invalid_grant
          another registered one               | public | a-verifier-of-43-characters-or-more-0123456789 | com.example.notes:/done          | 400 | invalid_grant
          a slash more                         | public | a-verifier-of-43-characters-or-more-0123456789 | http://127.0.0.1:33418/callback/ | 400 | invalid_grant
          not a URI                            | public | a-verifier-of-43-characters-or-more-0123456789 | ::                               | 400 | invalid_request
          another verifier (RFC 7636 §4.6)     | public | b-verifier-of-43-characters-or-more-0123456789 |                                  | 400 | invalid_grant
          another case                         | public | A-verifier-of-43-characters-or-more-0123456789 |                                  | 400 | invalid_grant
          no verifier                          | public |                                                |                                  | 400 | invalid_grant
          the challenge instead                | public | CHALLENGE                                      |                                  | 400 | invalid_grant
          an unknown client                    | other  | a-verifier-of-43-characters-or-more-0123456789 |                                  | 401 | invalid_client
          """)
  void clientVerifierAndRedirectUriMustMatchTheCode(
      String what,
      String client,
      @Nullable String verifier,
      @Nullable String redirect,
      int status,
      @Nullable String error) {
    String presented = verifier == null ? "" : verifier.replace("CHALLENGE", sha256(VERIFIER));
    String code = browser.code();

    HttpResponse<String> response =
        server.post(
            TOKEN,
            "grant_type=authorization_code&code="
                + code
                + "&client_id="
                + client
                + (presented.isEmpty() ? "" : "&code_verifier=" + presented)
                + (redirect == null ? "" : "&redirect_uri=" + encode(redirect)));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).get("error")).isEqualTo(error);
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    if (error != null) {
      assertThat(browser.redeem(code).statusCode()).as("the code is still valid").isEqualTo(200);
    }
  }

  @ParameterizedTest(name = "{0} characters") // RFC 7636 §4.1
  @CsvSource({"42, 400", "43, 200", "44, 200", "127, 200", "128, 200", "129, 400"})
  void aVerifierHas43To128Characters(int length, int status) {
    String verifier = "v".repeat(length);

    assertThat(redeemWithVerifier(verifier).statusCode()).isEqualTo(status);
  }

  @ParameterizedTest // RFC 7636 §4.1: unreserved characters only
  @ValueSource(strings = {"+", "/", "=", " ", "!", "*", "'", "%", "é", "\u0000", "\n"})
  void aVerifierWithOtherCharactersIsRefused(String character) {
    HttpResponse<String> response = redeemWithVerifier("v".repeat(43) + character);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(text(response, "error")).isIn("invalid_request", "invalid_grant");
  }

  @Test
  void aVerifierMayContainEveryUnreservedCharacter() {
    String all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    assertThat(redeemWithVerifier(all).statusCode()).isEqualTo(200);
  }

  @Test // RFC 6749 §5.2
  void aCodeOfAnotherClientIsInvalidAndStaysUsable() {
    String code = browser.code();

    assertThat(json(redeemAsWeb(code))).containsEntry("error", "invalid_grant");
    assertThat(browser.redeem(code).statusCode()).isEqualTo(200);
    assertThat(revocations).hasValue(0);
  }

  @Test // otherwise any client could end the grants of another
  void aSecondUseByAnotherClientRevokesNothing() {
    String code = browser.code();
    HttpResponse<String> tokens = browser.redeem(code);

    assertThat(json(redeemAsWeb(code))).containsEntry("error", "invalid_grant");
    assertThat(revocations).hasValue(0);
    assertThat(json(introspect(server, text(tokens, "access_token"))))
        .containsEntry("active", true);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no code (RFC 6749 §4.1.3) | client_id=public                     | invalid_request
          an empty code             | client_id=public&code=               | invalid_request
          an unknown code           | client_id=public&code=abc            | invalid_grant
          two codes                 | client_id=public&code=a&code=b       | invalid_request
          an access token           | client_id=public&code=ACCESS         | invalid_grant
          a refresh token           | client_id=public&code=REFRESH        | invalid_grant
          """)
  void anythingButOneCodeIsRefused(String what, String form, String error) {
    HttpResponse<String> tokens = browser.redeem(browser.code());

    HttpResponse<String> response =
        server.post(
            TOKEN,
            "grant_type=authorization_code&code_verifier="
                + VERIFIER
                + "&"
                + form.replace("ACCESS", text(tokens, "access_token"))
                    .replace("REFRESH", text(tokens, "refresh_token")));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response)).containsEntry("error", error);
  }

  @Test // RFC 6749 §4.1.2
  void aCodeExpiresAfterAMinute() {
    String soon = browser.code();
    clock.turn(Duration.ofSeconds(60).minusNanos(1));
    assertThat(browser.redeem(soon).statusCode()).isEqualTo(200);

    String late = browser.code();
    clock.turn(Duration.ofSeconds(60));
    assertThat(json(browser.redeem(late))).containsEntry("error", "invalid_grant");
  }

  @LogsWarning("its tokens are revoked")
  @Test // RFC 6749 §4.1.2
  void aSecondUseOfACodeRevokesItsTokens() {
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

  @LogsWarning("its tokens are revoked")
  @Test // RFC 6749 §4.1.2: a thief may have refreshed before the client redeems the code
  void aSecondUseOfACodeRevokesRefreshedTokensToo() {
    String code = browser.code();
    HttpResponse<String> refreshed = browser.refresh(text(browser.redeem(code), "refresh_token"));

    browser.redeem(code);

    assertThat(introspect(server, text(refreshed, "access_token")).body()).isEqualTo(INACTIVE);
    assertThat(json(browser.refresh(text(refreshed, "refresh_token"))))
        .containsEntry("error", "invalid_grant");
  }

  @LogsWarning("its tokens are revoked")
  @Test // RFC 6749 §4.1.2
  void aSecondUseOfACodeRevokesOnlyItsOwnGrant() {
    HttpResponse<String> other = browser.redeem(browser.code());
    String code = browser.code();
    browser.redeem(code);

    browser.redeem(code);

    assertThat(json(introspect(server, text(other, "access_token")))).containsEntry("active", true);
  }

  @LogsWarning("its tokens are revoked")
  @Test // RFC 6749 §4.1.2: the check and the use are atomic
  void ofConcurrentRequestsWithOneCodeAtMostOneGetsTokensAndTheyAreRevoked() {
    String code = browser.code();

    List<HttpResponse<String>> responses =
        ManyThreads.atOnce(i -> () -> new UserAgent(server).redeem(code));

    List<HttpResponse<String>> successful =
        responses.stream().filter(response -> response.statusCode() == 200).toList();
    assertThat(successful).hasSize(1);
    assertThat(responses)
        .filteredOn(response -> response.statusCode() != 200)
        .allSatisfy(response -> assertThat(json(response)).containsEntry("error", "invalid_grant"));
    assertThat(introspect(server, text(successful.get(0), "access_token")).body())
        .isEqualTo(INACTIVE);
  }

  @ParameterizedTest(name = "{0}") // RFC 8707 §2.2
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no resource: all that were granted |                                         | NOTES MAPS |
          one of them                        | &resource=MAPS                          | MAPS       |
          both                               | &resource=MAPS&resource=NOTES           | MAPS NOTES |
          one of them twice                  | &resource=NOTES&resource=NOTES          | NOTES      |
          another one                        | &resource=https://evil.example.com      |            | invalid_target
          one of them and another            | &resource=NOTES&resource=https://evil.example.com | | invalid_target
          """)
  void theAudienceMayBeNarrowedToGrantedResources(
      String what, @Nullable String more, @Nullable String audience, @Nullable String error) {
    String code = codeForBothResources();

    HttpResponse<String> response =
        server.post(
            TOKEN,
            "grant_type=authorization_code&client_id=public&code="
                + code
                + "&code_verifier="
                + VERIFIER
                + (more == null ? "" : more.replace("NOTES", NOTES).replace("MAPS", MAPS)));

    assertThat(json(response).get("error")).isEqualTo(error);
    if (audience != null) {
      String access = text(response, "access_token");
      assertThat(isActiveFor("notes", access)).isEqualTo(audience.contains("NOTES"));
      assertThat(isActiveFor("maps", access)).isEqualTo(audience.contains("MAPS"));
    } else {
      assertThat(browser.redeem(code).statusCode()).as("the code is still valid").isEqualTo(200);
    }
  }

  @Test // RFC 8707 §2.2: the grant is not narrowed, only the access token
  void narrowedAccessTokensLeaveBothResourcesInTheGrant() {
    String narrow = "&resource=" + encode(MAPS);
    HttpResponse<String> first =
        server.post(
            TOKEN,
            "grant_type=authorization_code&client_id=public&code="
                + codeForBothResources()
                + "&code_verifier="
                + VERIFIER
                + narrow);
    HttpResponse<String> second =
        server.post(
            TOKEN,
            "grant_type=refresh_token&client_id=public&refresh_token="
                + text(first, "refresh_token")
                + narrow);
    HttpResponse<String> third = browser.refresh(text(second, "refresh_token"));

    assertThat(isActiveFor("notes", text(first, "access_token"))).isFalse();
    assertThat(isActiveFor("notes", text(second, "access_token"))).isFalse();
    assertThat(isActiveFor("maps", text(second, "access_token"))).isTrue();
    assertThat(isActiveFor("notes", text(third, "access_token"))).isTrue();
    assertThat(isActiveFor("maps", text(third, "access_token"))).isTrue();
  }

  @Test // RFC 8707 §2.2: the user has not consented to it
  void theAudienceCannotBeWidenedToAnotherResourceOfTheServer() {
    HttpResponse<String> response =
        server.post(
            TOKEN,
            "grant_type=authorization_code&client_id=public&code="
                + browser.code()
                + "&resource="
                + MAPS
                + "&code_verifier="
                + VERIFIER);

    assertThat(json(response)).containsEntry("error", "invalid_target");
  }

  private HttpResponse<String> consentPage(Map<String, String> request) {
    return browser.follow(browser.logIn(browser.open(request), "alice", "alice-secret"));
  }

  private String codeForBothResources() {
    String query = UserAgent.form(request()) + "&resource=" + encode(MAPS);
    HttpResponse<String> login = browser.send(server.request("/oauth/authorize?" + query).GET());
    HttpResponse<String> page = browser.follow(browser.logIn(login, "alice", "alice-secret"));
    assertThat(page.body()).contains(NOTES, MAPS);
    return value(parameters(browser.decide(page, "approve")), "code");
  }

  private boolean isActiveFor(String name, String token) {
    HttpResponse<String> response =
        server.post(Demo.INTROSPECT, name + "-server", name + "-secret", "token=" + token);
    return Boolean.TRUE.equals(json(response).get("active"));
  }

  private HttpResponse<String> redeemAsWeb(String code) {
    return server.post(
        TOKEN,
        "web",
        "web-secret",
        "grant_type=authorization_code&code=" + code + "&code_verifier=" + VERIFIER);
  }

  /** Redeems a code whose challenge fits the verifier, whatever it contains. */
  private HttpResponse<String> redeemWithVerifier(String verifier) {
    Map<String, String> request = new LinkedHashMap<>(request());
    request.put("code_challenge", sha256(verifier));
    String code = value(browser.consent(request), "code");
    return server.post(
        TOKEN,
        "grant_type=authorization_code&client_id=public&code="
            + code
            + "&code_verifier="
            + encode(verifier));
  }

  private static String sha256(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
