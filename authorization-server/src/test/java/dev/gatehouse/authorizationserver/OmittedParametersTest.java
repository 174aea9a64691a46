package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.FROM_CLIENT;
import static dev.gatehouse.authorizationserver.testing.Demo.INTROSPECT;
import static dev.gatehouse.authorizationserver.testing.Demo.REVOKE;
import static dev.gatehouse.authorizationserver.testing.Demo.TOKEN;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.VERIFIER;
import static dev.gatehouse.authorizationserver.testing.UserAgent.parameters;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static dev.gatehouse.authorizationserver.testing.UserAgent.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A parameter without a value counts as omitted (RFC 6749 §3.1, §3.2): every parameter of any OAuth
 * request, at every endpoint.
 */
class OmittedParametersTest {
  private static final String LOG_IN = "name=\"password\"";

  private final TurnedClock clock = new TurnedClock();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) -> Demo.withUsers(origin).clock(clock).build().register(context));

  private final UserAgent browser = new UserAgent(server);

  static Stream<String> everyParameter() {
    return Stream.of(
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "grant_type",
        "code",
        "code_verifier",
        "redirect_uri",
        "refresh_token",
        "scope",
        "resource",
        "token",
        "token_type_hint",
        "response_type",
        "response_mode",
        "state",
        "code_challenge",
        "code_challenge_method",
        "request",
        "request_uri",
        "nonce",
        "prompt",
        "login_hint",
        "id_token_hint",
        "max_age",
        "display",
        "ui_locales",
        "acr_values",
        "claims",
        "dpop_jkt",
        "authorization_details",
        "username",
        "password",
        "assertion",
        "audience",
        "unknown");
  }

  @ParameterizedTest
  @MethodSource("everyParameter")
  void clientCredentials(String name) {
    String basic = TestServer.basic("client", "client-secret");

    assertSame(TOKEN, basic, FROM_CLIENT + "&scope=notes:read&resource=" + Demo.NOTES, name);
    assertSame(TOKEN, null, FROM_CLIENT + "&client_id=client&client_secret=client-secret", name);
  }

  @ParameterizedTest
  @MethodSource("everyParameter")
  void introspectionAndRevocation(String name) {
    for (String path : List.of(INTROSPECT, REVOKE)) {
      assertSame(
          path,
          TestServer.basic("notes-server", "notes-secret"),
          "token=abc&token_type_hint=access_token",
          name);
      assertSame(path, null, "token=abc&client_id=notes-server&client_secret=notes-secret", name);
    }
  }

  @ParameterizedTest
  @MethodSource("everyParameter")
  void aCodeOfAPublicClient(String name) {
    browser.logIn(browser.open(request()), "alice", "alice-secret");

    // A code that is redeemed must be a new one each time.
    for (String omitted : List.of(name + "=", name)) {
      assertThat(outcome(redeem(name, omitted))).as(omitted).isEqualTo(outcome(redeem(name, "")));
    }
  }

  @ParameterizedTest
  @MethodSource("everyParameter")
  void aRefreshTokenOfAPublicClient(String name) {
    String refresh = text(browser.redeem(browser.code()), "refresh_token");

    assertSame(
        TOKEN,
        null,
        "grant_type=refresh_token&client_id=public&scope=notes:read&refresh_token=" + refresh,
        name);
  }

  @ParameterizedTest
  @MethodSource("everyParameter")
  void authorizationRequests(String name) {
    String query = UserAgent.form(request());
    HttpResponse<String> without = open(without(query, name));

    for (String omitted : List.of(name + "=", name)) {
      HttpResponse<String> response = open(without(query, name) + "&" + omitted);

      assertThat(response.statusCode()).as(omitted).isEqualTo(without.statusCode());
      assertThat(header(response, "Location")).isEqualTo(header(without, "Location"));
      assertThat(response.body().contains(LOG_IN)).isEqualTo(without.body().contains(LOG_IN));
    }
    if (!request().containsKey(name)) {
      assertThat(without.body()).contains(LOG_IN);
    }
  }

  @ParameterizedTest
  @MethodSource("everyParameter")
  void theFormsOfThePagesAndTheRequestsInThem(String name) {
    Map<String, String> request = request();
    request.putIfAbsent(name, "");

    HttpResponse<String> login = browser.open(request);
    Map<String, String> fields = UserAgent.fields(login);
    fields.putIfAbsent(name, "");
    fields.put("username", "alice");
    fields.put("password", "alice-secret");
    HttpResponse<String> page = browser.follow(browser.post("/oauth/login", fields));
    fields = UserAgent.fields(page);
    fields.putIfAbsent(name, "");
    fields.put("decision", "approve");

    assertThat(parameters(browser.post("/oauth/consent", fields))).containsKeys("code", "state");
  }

  @ParameterizedTest(name = "{0}") // the samples from the field
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          client credentials with resource=      | client       | client-secret | /oauth/token      | grant_type=client_credentials&resource=      | 200
          introspection with client_secret=      | notes-server | notes-secret  | /oauth/introspect | token=abc&client_secret=                     | 200
          two resources without values           | client       | client-secret | /oauth/token      | grant_type=client_credentials&resource=&resource= | 200
          a resource, and one without a value    | client       | client-secret | /oauth/token      | grant_type=client_credentials&resource=&resource=https%3A%2F%2Fnotes.example.com%2Fmcp | 200
          both other methods without values      | client       | client-secret | /oauth/token      | grant_type=client_credentials&client_secret=&client_assertion=&client_assertion_type= | 200
          a blank secret is a value              | client       | client-secret | /oauth/token      | grant_type=client_credentials&client_secret=+ | 400
          a parameter twice, once with a value   | client       | client-secret | /oauth/token      | grant_type=client_credentials&scope=&scope=notes:read | 400
          a parameter twice without a value      | client       | client-secret | /oauth/token      | grant_type=client_credentials&scope&scope=    | 400
          no grant type                          | client       | client-secret | /oauth/token      | grant_type=                                  | 400
          no token to introspect                 | notes-server | notes-secret  | /oauth/introspect | token=                                       | 400
          no token to revoke                     | client       | client-secret | /oauth/revoke     | token=                                       | 400
          """)
  void withBasicAuthentication(
      String what, String client, String secret, String path, String form, int status) {
    assertThat(server.post(path, client, secret, form).statusCode()).isEqualTo(status);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a client with a secret         | client_id=client&client_secret=
          a client with keys or a secret | client_id=client&client_secret=&client_assertion=
          no client                      | client_id=
          """)
  void aConfidentialClientWithoutItsSecretIsNotAuthenticated(String what, String form) {
    for (String path : List.of(TOKEN, INTROSPECT, REVOKE)) {
      HttpResponse<String> response = server.post(path, FROM_CLIENT + "&token=abc&" + form);

      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(json(response)).containsEntry("error", "invalid_client");
    }
  }

  @ParameterizedTest // PKCE stays required
  @ValueSource(strings = {"code_challenge=", "code_challenge", "code_challenge_method="})
  void aChallengeWithoutAValueIsNone(String omitted) {
    String name = omitted.replace("=", "");

    HttpResponse<String> response = open(without(UserAgent.form(request()), name) + "&" + omitted);

    assertThat(parameters(response)).containsEntry("error", "invalid_request");
  }

  @Test
  void aVerifierWithoutAValueIsNoneAndLeavesTheCodeUsable() {
    String code = browser.code();

    HttpResponse<String> response =
        server.post(
            TOKEN, "grant_type=authorization_code&client_id=public&code_verifier=&code=" + code);

    assertThat(json(response)).containsEntry("error", "invalid_grant");
    assertThat(browser.redeem(code).statusCode()).isEqualTo(200);
  }

  @Test
  void aStateWithoutAValueIsNotReturnedAndABlankOneIs() {
    Map<String, String> request = request();
    request.put("state", "");
    assertThat(browser.consent(request)).containsOnlyKeys("code", "iss");
    request.put("scope", "introspect");
    assertThat(parameters(browser.open(request))).containsOnlyKeys("error", "iss");

    request.put("state", " ");
    assertThat(parameters(browser.open(request))).containsEntry("state", " ");
  }

  @Test
  void aParameterOfAnAuthorizationRequestIsRepeatedAlsoWithoutAValue() {
    HttpResponse<String> page = open(UserAgent.form(request()) + "&state=");

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.body()).contains("A parameter of the request is repeated.");
  }

  @Test
  void aScopeIsTickedOnlyByAValue() {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    Map<String, String> fields = UserAgent.fields(page);
    fields.put("scope:notes:write", "");
    fields.put("decision", "approve");

    String code = value(parameters(browser.post("/oauth/consent", fields)), "code");

    assertThat(json(browser.redeem(code))).containsEntry("scope", "notes:read");
  }

  /** Asserts that a parameter without a value has the same outcome as no such parameter. */
  private void assertSame(String path, @Nullable String authorization, String form, String name) {
    // Failed authentications must not reach the limit.
    clock.turn(Duration.ofSeconds(5));
    Map<String, Object> expected = outcome(send(path, authorization, without(form, name)));
    for (String omitted : List.of(name + "=", name)) {
      HttpResponse<String> response =
          send(path, authorization, without(form, name) + "&" + omitted);

      assertThat(outcome(response)).as("%s with %s", path, omitted).isEqualTo(expected);
    }
    if (!form.contains(name + "=")) {
      assertThat(expected).as(path).containsEntry("status", 200);
    }
  }

  private HttpResponse<String> redeem(String name, String omitted) {
    String code = value(parameters(browser.decide(browser.open(request()), "approve")), "code");
    String form =
        "grant_type=authorization_code&client_id=public&code="
            + code
            + "&redirect_uri=http://127.0.0.1:33418/callback&code_verifier="
            + VERIFIER;
    return server.post(TOKEN, without(form, name) + "&" + omitted);
  }

  private HttpResponse<String> open(String query) {
    return server.send(server.request("/oauth/authorize?" + query).GET());
  }

  private HttpResponse<String> send(String path, @Nullable String authorization, String form) {
    HttpRequest.Builder request = server.form(path, form);
    return server.send(
        authorization == null ? request : request.header("Authorization", authorization));
  }

  private static String without(String encoded, String name) {
    return Arrays.stream(encoded.split("&", -1))
        .filter(parameter -> !parameter.startsWith(name + "="))
        .collect(Collectors.joining("&"));
  }

  /** What a client sees, without what is random. */
  private static Map<String, Object> outcome(HttpResponse<String> response) {
    Map<String, Object> outcome = new LinkedHashMap<>();
    outcome.put("status", response.statusCode());
    if (!response.body().isEmpty()) {
      outcome.put("members", json(response).keySet());
      outcome.put("error", String.valueOf(json(response).get("error")));
      outcome.put("scope", String.valueOf(json(response).get("scope")));
    }
    return outcome;
  }
}
