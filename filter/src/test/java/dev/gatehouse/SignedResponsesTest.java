package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static dev.gatehouse.testing.FakeAuthorizationServer.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.JwtSigner;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestJwt;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signed introspection responses (RFC 9701): what is requested, and what is accepted. */
class SignedResponsesTest {

  private static final String SIGNED = "application/token-introspection+jwt";
  private static final JwtSigner SIGNER = JwtSigner.of("ES256", "first");
  private static final JwtSigner OTHER = JwtSigner.of("ES256", "second");

  @RegisterExtension final LogWatch log = new LogWatch();

  @SuppressWarnings("NullAway.Init") // each test calls guard(…)
  private GuardedServer guarded;

  private void guard(String... more) throws Exception {
    Map<String, String> settings = new HashMap<>(Map.of("introspection-response", "signed"));
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    guarded = new GuardedServer(settings);
    guarded.as.keys(SIGNER);
  }

  @AfterEach
  void stop() throws IOException {
    guarded.close();
  }

  /** A signed response, whose introspection has these members. */
  private TestJwt jwt(JwtSigner signer, Map<String, Object> introspection) {
    return TestJwt.empty(signer)
        .header("typ", "token-introspection+jwt")
        .claim("iss", guarded.as.issuer())
        .claim("aud", "mcp-filter")
        .claim("iat", ManualClock.NOW.getEpochSecond())
        .claim("token_introspection", introspection);
  }

  private TestJwt active(JwtSigner signer) {
    return jwt(
        signer,
        Map.of(
            "active", true, "aud", guarded.server.mcp(), "token_type", "Bearer", "sub", "alice"));
  }

  private void respond(TestJwt jwt) {
    guarded.as.introspection(response(200, SIGNED, jwt.signed()));
  }

  @Test
  void aSignedResponseIsRequestedAndAccepted() throws Exception {
    guard();
    respond(active(SIGNER));

    assertThat(guarded.status(Secrets.token())).isEqualTo(200);
    assertThat(guarded.status(Secrets.token())).isEqualTo(200);

    assertThat(guarded.as.introspectionRequests())
        .hasSize(2)
        .allSatisfy(request -> assertThat(request.header("Accept")).isEqualTo(SIGNED));
    assertThat(guarded.as.keyRequests()).as("the keys are cached").isEqualTo(1);
  }

  @Test
  void theContentTypeMayHaveParameters() throws Exception {
    guard();
    guarded.as.introspection(
        response(
            200, "Application/Token-Introspection+JWT; charset=utf-8", active(SIGNER).signed()));

    assertThat(guarded.status(Secrets.token())).isEqualTo(200);
  }

  @Test
  void anInactiveTokenIsRefused() throws Exception {
    guard();
    respond(jwt(SIGNER, Map.of("active", false)));

    assertThat(guarded.status(Secrets.token())).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("inactive");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # clause               | changes of the header      | changes of the claims                        | status
          RFC 9701 §5            |                            |                                              | 200
          §5 typ of media type   | "typ":"application/token-introspection+jwt" |                             | 200
          §5 typ JWT             | "typ":"JWT"                |                                              | 503
          §5 typ of a token      | "typ":"at+jwt"             |                                              | 503
          §5 no typ              | "typ":"-"                  |                                              | 503
          §5 iss                 |                            | "iss":"https://other.example"                | 503
          §5 no iss              |                            | "iss":"-"                                    | 503
          §5 aud                 |                            | "aud":"another"                              | 503
          §5 aud in a list       |                            | "aud":["another","mcp-filter"]               | 200
          §5 no aud              |                            | "aud":"-"                                    | 503
          §5 iat in the future   |                            | "iat":{now+31}                               | 503
          §5 iat within the skew |                            | "iat":{now+30}                               | 200
          §5 iat is old          |                            | "iat":{now-91}                               | 503
          §5 iat is recent       |                            | "iat":{now-90}                               | 200
          §5 no iat              |                            | "iat":"-"                                    | 503
          §5 iat is no time      |                            | "iat":"now"                                  | 503
          §5 no introspection    |                            | "token_introspection":"-"                    | 503
          §5 introspection text  |                            | "token_introspection":"active"               | 503
          no active              |                            | "token_introspection":{}                     | 503
          active beside it       |                            | "active":true,"token_introspection":{"active":false} | 401
          another key            | "kid":"second"             |                                              | 503
          no kid                 | "kid":"-"                  |                                              | 200
          none                   | "alg":"none"               |                                              | 503
          HMAC                   | "alg":"HS256"              |                                              | 503
          another algorithm      | "alg":"ES384"              |                                              | 503
          its own key            | "jwk":{}                   |                                              | 503
          critical               | "crit":["x"],"x":1         |                                              | 503
          """)
  void theStatusIs(String clause, String header, String claims, int status) throws Exception {
    guard();
    if (status == 503) {
      log.announce("reason=as_answer");
    }
    respond(
        active(SIGNER)
            .change(header == null ? "" : header, claims == null ? "" : resolved(claims)));

    assertThat(guarded.status(Secrets.token())).isEqualTo(status);
    if (status == 503) {
      assertThat(log.reasons()).containsExactly("as_answer");
    }
  }

  private static String resolved(String text) {
    long now = ManualClock.NOW.getEpochSecond();
    return text.replace("{now+30}", Long.toString(now + 30))
        .replace("{now+31}", Long.toString(now + 31))
        .replace("{now-90}", Long.toString(now - 90))
        .replace("{now-91}", Long.toString(now - 91));
  }

  /** An inactive response, too: with it, a proxy could lock out all users. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "unsigned",
        "unsigned and inactive",
        "of another type",
        "of no JWT",
        "of another key",
        "with another signature",
        "with a line break"
      })
  void aResponseIsUnusable(String kind) throws Exception {
    guard();
    log.announce("reason=as_answer");
    String good = active(SIGNER).signed();
    String other = jwt(SIGNER, Map.of("active", false)).signed();
    guarded.as.introspection(
        switch (kind) {
          case "unsigned" -> json(200, guarded.activeResponse(""));
          case "unsigned and inactive" -> json(200, "{\"active\":false}");
          case "of another type" -> response(200, "application/jwt", good);
          case "of no JWT" -> response(200, SIGNED, guarded.activeResponse(""));
          case "of another key" ->
              response(200, SIGNED, active(OTHER).header("kid", "first").signed());
          case "with another signature" ->
              response(
                  200,
                  SIGNED,
                  good.substring(0, good.lastIndexOf('.'))
                      + other.substring(other.lastIndexOf('.')));
          default -> response(200, SIGNED, good + "\n");
        });

    assertThat(guarded.status(Secrets.token())).isEqualTo(503);
    assertThat(log.reasons()).containsExactly("as_answer");
  }

  @Test
  void withoutKeysTheServerIsUnavailable() throws Exception {
    guard();
    log.announce("reason=as_keys");
    guarded.as.at("/jwks", json(500, "{}"));
    respond(active(SIGNER));

    assertThat(guarded.status(Secrets.token())).isEqualTo(503);
    assertThat(log.reasons()).containsExactly("as_keys");
  }

  @Test
  void theSelfTestTellsWhetherKeysAreOfUse() throws Exception {
    guard();
    respond(jwt(SIGNER, Map.of("active", false)));
    assertThat(findings()).containsExactly("audience_unknown");
    stop();

    guard();
    respond(jwt(OTHER, Map.of("active", false)).header("kid", "first"));
    assertThat(findings()).containsExactly("answer_unusable");
    stop();

    guard("jwt-algorithms", "ES384");
    assertThat(findings()).containsExactly("keys_unusable");
    assertThat(guarded.as.introspectionRequests()).isEmpty();
    stop();

    guard();
    guarded.as.at("/.well-known/oauth-authorization-server", json(200, guarded.as.metadata()));
    assertThat(findings()).containsExactly("keys_not_found");
  }

  private List<String> findings() {
    return guarded.filter.selfTest().findings().stream().map(SelfTestReport.Finding::code).toList();
  }

  @Test
  void aNewKeyIsFetched() throws Exception {
    guard();
    respond(active(SIGNER));
    assertThat(guarded.status(Secrets.token())).isEqualTo(200);
    guarded.as.keys(SIGNER, OTHER);
    respond(active(OTHER));

    assertThat(guarded.status(Secrets.token())).isEqualTo(200);
  }

  /** Otherwise everyone who has seen a response has a token. */
  @Test
  void aSignedResponseIsNoAccessToken() throws Exception {
    guard("token-validation", "jwt-or-introspection");
    String response = active(SIGNER).claim("exp", ManualClock.NOW.getEpochSecond() + 60).signed();
    String disguised =
        active(SIGNER)
            .header("typ", "JWT")
            .claim("exp", ManualClock.NOW.getEpochSecond() + 60)
            .claim("scope", "mcp:use")
            .signed();

    assertThat(guarded.status(response)).isEqualTo(401);
    assertThat(guarded.status(disguised)).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("token_type", "token_type");
  }

  @Test
  void withoutAClientIdTheResponseIsForTheResource() throws Exception {
    guard("client-id", "", "client-secret", "", "client-auth-method", "none");
    log.announce("reason=as_answer");
    respond(active(SIGNER));
    assertThat(guarded.status(Secrets.token())).isEqualTo(503);

    respond(active(SIGNER).claim("aud", guarded.server.mcp()));
    assertThat(guarded.status(Secrets.token())).isEqualTo(200);
  }

  @Test
  void anUnsignedResponseIsRequestedByDefault() throws Exception {
    guard("introspection-response", "json");
    log.announce("reason=as_answer");
    respond(active(SIGNER));
    assertThat(guarded.status(Secrets.token())).as("signed, but not requested").isEqualTo(503);

    guarded.respondActive("");
    assertThat(guarded.status(Secrets.token())).isEqualTo(200);
    assertThat(guarded.as.introspectionRequests().get(0).header("Accept"))
        .isEqualTo("application/json");
  }

  @Test
  void wrongSettingsAreReported() throws Exception {
    guard();
    assertThatThrownBy(
            () ->
                Settings.builder()
                    .resource("https://mcp.example/mcp")
                    .introspectionEndpoint("https://as.example/introspect")
                    .clientId("a")
                    .clientSecret(Secrets.CLIENT_SECRET)
                    .set("introspection-response", "signed")
                    .build())
        .hasMessageContaining("signed responses name their issuer; set issuer");
    assertThatThrownBy(
            () ->
                Settings.builder()
                    .resource("https://mcp.example/mcp")
                    .issuer("https://as.example")
                    .clientId("a")
                    .clientSecret(Secrets.CLIENT_SECRET)
                    .set("introspection-response", "jwt")
                    .build())
        .hasMessageContaining("introspection-response: 'jwt' is unknown; write json or signed");
    assertThatThrownBy(
            () ->
                Settings.builder()
                    .resource("https://mcp.example/mcp")
                    .issuer("https://as.example")
                    .set("token-validation", "jwt")
                    .set("introspection-response", "signed")
                    .build())
        .hasMessageContaining("has no effect with token-validation=jwt");
  }
}
