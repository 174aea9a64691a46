package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.JwtSigner;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestJwt;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The modes of {@code token-validation}: what is verified locally, and what is introspected. */
class TokenValidationTest {

  private static final JwtSigner SIGNER = JwtSigner.of("ES256", "first");
  private static final JwtSigner OTHER = JwtSigner.of("ES256", "second");

  /** Claims of both an introspection response and the usual token. */
  private static final String SAME =
      "\"sub\":\"alice\",\"client_id\":\"app\",\"scope\":\"mcp:use\"";

  @RegisterExtension final LogWatch log = new LogWatch();

  @SuppressWarnings("NullAway.Init") // each test calls guard(…)
  private GuardedServer guarded;

  @AfterEach
  void stop() throws IOException {
    guarded.close();
  }

  private void guard(String mode, String... more) throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put("token-validation", mode);
    if (mode.equals("jwt")) {
      settings.putAll(Map.of("introspection-endpoint", "", "client-id", "", "client-secret", ""));
    }
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    guarded = new GuardedServer(settings);
    guarded.as.keys(SIGNER);
  }

  private TestJwt jwt() {
    return TestJwt.accessToken(
        SIGNER, guarded.as.issuer(), guarded.server.mcp(), guarded.clock.instant());
  }

  private String forged() {
    return TestJwt.accessToken(
            OTHER, guarded.as.issuer(), guarded.server.mcp(), guarded.clock.instant())
        .header("kid", SIGNER.keyId())
        .signed();
  }

  private String token(String kind) {
    return switch (kind) {
      case "valid" -> jwt().signed();
      case "forged" -> forged();
      case "expired" -> jwt().claim("exp", guarded.clock.instant().getEpochSecond()).signed();
      case "foreign" -> jwt().claim("iss", "https://elsewhere.example").signed();
      case "unsigned" -> {
        String header = JwtSigner.base64("{\"alg\":\"none\",\"typ\":\"at+jwt\"}");
        yield header + "." + JwtSigner.base64(jwt().payloadJson()) + ".";
      }
      case "audience" -> jwt().claim("aud", "https://elsewhere.example").signed();
      case "opaque" -> Secrets.token();
      default -> throw new AssertionError(kind);
    };
  }

  private void respond(String response) {
    switch (response) {
      case "active" -> guarded.respondActive(SAME);
      case "inactive" -> guarded.respondInactive();
      default -> guarded.as.introspection(json(500, "{}"));
    }
  }

  private HttpResponse<String> call(String token) throws IOException {
    return guarded.server.get("/mcp", "Authorization", "Bearer " + token);
  }

  private int introspections() {
    return guarded.as.introspectionRequests().size();
  }

  @ParameterizedTest(name = "{0}: {1} token, introspection says {2}: {3} after {4} requests")
  @CsvSource({
    "introspection, valid, active, 200, 1",
    "introspection, valid, inactive, 401, 1",
    "introspection, forged, active, 200, 1", // the server is trusted to have checked it
    "introspection, opaque, active, 200, 1",
    "jwt, valid, inactive, 200, 0",
    "jwt, forged, active, 401, 0",
    "jwt, expired, active, 401, 0",
    "jwt, foreign, active, 401, 0",
    "jwt, unsigned, active, 401, 0",
    "jwt, audience, active, 401, 0",
    "jwt, opaque, active, 401, 0",
    "jwt-or-introspection, valid, inactive, 200, 0",
    "jwt-or-introspection, forged, active, 401, 0",
    "jwt-or-introspection, expired, active, 401, 0",
    "jwt-or-introspection, foreign, active, 401, 0",
    "jwt-or-introspection, unsigned, active, 401, 0",
    "jwt-or-introspection, audience, active, 401, 0",
    "jwt-or-introspection, opaque, active, 200, 1",
    "jwt-or-introspection, opaque, inactive, 401, 1",
    "jwt-or-introspection, valid, failed, 200, 0",
    "jwt-and-introspection, valid, active, 200, 1",
    "jwt-and-introspection, valid, inactive, 401, 1",
    "jwt-and-introspection, valid, failed, 503, 1",
    "jwt-and-introspection, forged, active, 401, 0",
    "jwt-and-introspection, expired, active, 401, 0",
    "jwt-and-introspection, foreign, active, 401, 0",
    "jwt-and-introspection, unsigned, active, 401, 0",
    "jwt-and-introspection, audience, active, 401, 1", // both must name this resource
    "jwt-and-introspection, opaque, active, 401, 0",
  })
  void eachModeAsksWhomItMust(
      String mode, String kind, String response, int status, int introspections) throws Exception {
    if (status == 503) {
      log.announce("reason=as_answer");
    }
    guard(mode);
    respond(response);
    String token = token(kind);

    assertThat(call(token).statusCode()).isEqualTo(status);
    assertThat(introspections()).isEqualTo(introspections);
    if (status != 503) {
      assertThat(call(token).statusCode()).isEqualTo(status);
      assertThat(introspections()).as("the result is cached").isEqualTo(introspections);
    }
  }

  @Test
  void aJwtAndAnOpaqueTokenYieldTheSameCaller() throws Exception {
    guard("jwt-or-introspection", "scope-claims", "realm_access.roles");
    String roles = "{\"roles\":[\"admin\",\"user\"]}";
    guarded.respondActive(SAME + ",\"realm_access\":" + roles);

    String ofOpaque = call(Secrets.token()).body();
    String ofJwt = call(jwt().change("", "\"realm_access\":" + roles).signed()).body();

    assertThat(ofJwt)
        .isEqualTo(ofOpaque)
        .contains("user=alice client=app scopes=[admin, mcp:use, user]");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "\"sub\":\"alice\",\"client_id\":\"app\",\"scope\":\"mcp:use\" | alice app [mcp:use]",
        "\"username\":\"al\"                           | alice app [mcp:use]",
        "\"sub\":\"bob\"                               | refused: differ in sub",
        "\"client_id\":\"other\"                       | refused: differ in client_id",
        "\"iss\":\"https://elsewhere.example\"         | refused: differ in iss",
        "\"scope\":\"mcp:use more\"                    | alice app [mcp:use]",
        "\"scope\":\"\"                                | alice app []",
        "\"scope\":\"more\"                            | alice app []",
        "\"cnf\":{\"jkt\":\"x\"}                       | refused: bound",
        "\"aud\":[]                                    | refused: audience",
        "\"exp\":0                                     | refused: expired",
        "\"nbf\":99999999999                           | refused: not_yet_valid",
        "\"token_use\":\"id\"                          | refused: token_type",
      })
  void bothSourcesMustAgreeOnWhoseTokenItIsAndAllowIt(String members, String expected)
      throws Exception {
    guard("jwt-and-introspection");
    guarded.as.introspection(json(200, "{\"active\":true," + members + "}"));

    HttpResponse<String> response = call(jwt().signed());

    if (expected.startsWith("refused: ")) {
      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(log.messages())
          .anyMatch(line -> line.contains("refused: ") && line.contains(expected.substring(9)));
    } else {
      String[] words = expected.split(" ", -1);
      assertThat(response.body())
          .contains("user=%s client=%s scopes=%s ".formatted(words[0], words[1], words[2]));
    }
    assertThat(introspections()).isEqualTo(1);
  }

  @Test
  void aBoundJwtWithAnotherKeyInTheResponseIsAContradiction() throws Exception {
    guard("jwt-and-introspection");
    guarded.respondActive("\"cnf\":{\"jkt\":\"x\"}");

    assertThat(call(jwt().claim("cnf", Map.of("jkt", "y")).signed()).statusCode()).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("contradiction");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jwt", "jwt-or-introspection", "jwt-and-introspection"})
  void withoutKeysTheResponseIs503AndAsSoonAsThereAreKeys200(String mode) throws Exception {
    log.announce("reason=as_");
    guard(mode);
    guarded.respondActive(SAME);
    guarded.as.at("/jwks", json(500, "{}"));
    String token = jwt().signed();

    HttpResponse<String> early = call(token);
    assertThat(early.statusCode()).isEqualTo(503);
    assertThat(early.headers().firstValue("Retry-After")).isPresent();
    assertThat(call(forged()).statusCode()).as("a forged one, too").isEqualTo(503);
    assertThat(introspections()).isZero();

    guarded.as.keys(SIGNER);
    guarded.clock.advance(Duration.ofSeconds(5));
    assertThat(call(token).statusCode()).isEqualTo(200);
  }

  @Test
  void aNewKeyIsFetchedWhenATokenNamesIt() throws Exception {
    guard("jwt");
    assertThat(call(jwt().signed()).statusCode()).isEqualTo(200);
    guarded.as.keys(SIGNER, OTHER);
    String next =
        TestJwt.accessToken(
                OTHER, guarded.as.issuer(), guarded.server.mcp(), guarded.clock.instant())
            .signed();

    assertThat(call(next).statusCode()).isEqualTo(200);
    assertThat(guarded.as.keyRequests()).isEqualTo(2);
  }

  /** A signature check costs CPU. */
  @ParameterizedTest
  @ValueSource(strings = {"jwt", "jwt-or-introspection", "jwt-and-introspection"})
  void forgedTokensOfOneAddressAreLimitedAndEachIsVerifiedOnce(String mode) throws Exception {
    guard(mode, "max-bad-tokens-per-minute", "2");
    Meters meters = new Meters(guarded.filter);
    guarded.respondActive(SAME);
    String good = jwt().signed();
    assertThat(call(good).statusCode()).isEqualTo(200);
    String first = forged();

    assertThat(call(first).statusCode()).isEqualTo(401);
    assertThat(call(first).statusCode()).isEqualTo(401);
    assertThat(call(forged()).statusCode()).isEqualTo(401);
    assertThat(call(forged()).statusCode()).isEqualTo(429);
    assertThat(call(good).statusCode()).as("a cached one").isEqualTo(200);
    assertThat(verifications(meters, "inactive")).isEqualTo(2);
    assertThat(verifications(meters, "active")).isEqualTo(1);
    guarded.clock.advance(Duration.ofSeconds(31));
    assertThat(call(good).statusCode()).as("active until recently").isEqualTo(200);
  }

  private static long verifications(Meters meters, String outcome) {
    return meters
        .registry
        .get("gatehouse.verifications")
        .tags("server", "the authorization server", "outcome", outcome)
        .timer()
        .count();
  }

  @Test
  void aResultIsCachedNoLongerThanTheTokenLives() throws Exception {
    guard("jwt");
    String token = jwt().claim("exp", guarded.clock.instant().getEpochSecond() + 10).signed();
    assertThat(call(token).statusCode()).isEqualTo(200);
    guarded.clock.advance(Duration.ofSeconds(10));

    assertThat(call(token).statusCode()).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("expired");
  }

  /** It needs no permit. */
  @Test
  void aJwtIsVerifiedWhileIntrospectionsHang() throws Exception {
    guard("jwt-or-introspection", "max-concurrent-introspections", "1");
    assertThat(call(jwt().signed()).statusCode()).isEqualTo(200);
    HeldResponse held = new HeldResponse(json(200, guarded.activeResponse(SAME)));
    guarded.as.introspection(held);
    CompletableFuture<Integer> hanging = guarded.statusInBackground(Secrets.token());
    held.awaitRequests(1);

    assertThat(call(jwt().signed()).statusCode()).isEqualTo(200);
    assertThat(call(forged()).statusCode()).isEqualTo(401);
    held.release();
    assertThat(hanging.get()).isEqualTo(200);
  }

  @Test
  void healthShowsWhetherThereAreKeys() throws Exception {
    log.announce("reason=as_");
    guard("jwt");
    assertThat(guarded.filter.health().status()).isEqualTo(Health.Status.UNKNOWN);
    guarded.as.at("/jwks", json(500, "{}"));
    guarded.clock.advance(Duration.ofSeconds(5));
    assertThat(call(jwt().signed()).statusCode()).isEqualTo(503);
    assertThat(guarded.filter.health().status()).isEqualTo(Health.Status.DOWN);

    guarded.as.keys(SIGNER);
    Await.until(
        "a health check finds the keys",
        () -> {
          guarded.clock.advance(Duration.ofSeconds(5));
          return guarded.filter.health().status() == Health.Status.UP;
        });
    assertThat(call(jwt().signed()).statusCode()).isEqualTo(200);
  }

  @Test
  void theSelfTestTellsWhetherKeysAreOfUse() throws Exception {
    guard("jwt");
    assertThat(findings()).containsExactly("audience_unknown");
    stop();

    guard("jwt", "jwt-algorithms", "ES384");
    assertThat(findings()).containsExactly("keys_unusable");
    stop();

    guard("jwt");
    guarded.as.at("/.well-known/oauth-authorization-server", json(200, guarded.as.metadata()));
    assertThat(findings()).containsExactly("keys_not_found");
  }

  /** With credentials, the self-test tries a token of its own. */
  @ParameterizedTest(name = "{0}: {1} token: {2}")
  @CsvSource({
    "jwt, valid,",
    "jwt, audience, audience_differs",
    "jwt, forged, token_refused",
    "jwt, opaque, token_refused",
    "jwt-or-introspection, valid,",
    "jwt-or-introspection, forged, token_refused",
    "jwt-and-introspection, valid,",
  })
  void theSelfTestTriesATokenOfItsOwn(String mode, String kind, String finding) throws Exception {
    guard(mode, "client-id", "mcp-filter", "client-secret", Secrets.CLIENT_SECRET);
    guarded.as.introspectionResponses(
        request ->
            json(
                200,
                request.parameter("token").contains(".")
                    ? guarded.activeResponse(SAME)
                    : "{\"active\":false}"));
    guarded.as.at(
        "/.well-known/oauth-authorization-server",
        json(
            200,
            "{\"issuer\":\"%1$s\",\"jwks_uri\":\"%1$s/jwks\",\"token_endpoint\":\"%1$s/token\"}"
                .formatted(guarded.as.issuer())));
    guarded.as.at(
        "/token",
        json(200, "{\"access_token\":\"%s\",\"token_type\":\"Bearer\"}".formatted(token(kind))));

    assertThat(findings()).isEqualTo(finding == null ? List.of() : List.of(finding));
  }

  private List<String> findings() {
    return guarded.filter.selfTest().findings().stream().map(SelfTestReport.Finding::code).toList();
  }

  @Test
  void wrongModesAndMissingSettingsAreErrors() throws Exception {
    guard("jwt");
    SettingsBuilder nothing = Settings.builder().resource("https://mcp.example/mcp");
    assertThatThrownBy(() -> nothing.tokenValidation("local").build())
        .hasMessageContaining(
            "token-validation: 'local' is unknown; write introspection or jwt or"
                + " jwt-or-introspection or jwt-and-introspection");
    assertThatThrownBy(() -> nothing.tokenValidation("jwt").build())
        .hasMessageContaining("issuer: missing")
        .hasMessageNotContainingAny("client-id", "introspection-endpoint");
    SettingsBuilder issuer = nothing.issuer("https://as.example");
    assertThat(issuer.tokenValidation("jwt").build()).isNotNull();
    for (String mode : List.of("jwt-or-introspection", "jwt-and-introspection", "introspection")) {
      assertThatThrownBy(() -> issuer.tokenValidation(mode).build())
          .hasMessageContaining("client-id: missing");
    }
    assertThatThrownBy(() -> issuer.tokenValidation("jwt").clientId("app").build())
        .hasMessageContaining("client-secret: missing");
    assertThatThrownBy(
            () ->
                issuer
                    .tokenValidation("jwt")
                    .introspectionEndpoint("https://as.example/introspect")
                    .build())
        .hasMessageContaining("introspection-endpoint: has no effect with token-validation=jwt");
  }
}
