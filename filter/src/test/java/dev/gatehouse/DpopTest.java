package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.DpopKey;
import dev.gatehouse.testing.DpopKey.Proof;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests with DPoP proofs and the responses to them (RFC 9449 §7 to §9). */
class DpopTest {

  private static final String ALGORITHMS = "algs=\"ES256 EdDSA PS256 RS256\"";

  @RegisterExtension final LogWatch log = new LogWatch();

  private final DpopKey key = DpopKey.create();
  private final String token = Secrets.token();

  @SuppressWarnings("NullAway.Init") // each test starts it
  private GuardedServer guarded;

  private void start(String dpop, String... more) throws Exception {
    Map<String, String> changes = new TreeMap<>(Map.of("dpop", dpop));
    for (int i = 0; i < more.length; i += 2) {
      changes.put(more[i], more[i + 1]);
    }
    guarded = new GuardedServer(changes);
    respondBound("");
  }

  @AfterEach
  void stop() throws Exception {
    guarded.close();
  }

  /** The token is bound to the client's key, and has these further members. */
  private void respondBound(String members) {
    guarded.as.introspection(
        json(
            200,
            "{\"active\":true,\"aud\":\"%s\",\"token_type\":\"DPoP\",\"cnf\":{\"jkt\":\"%s\"}%s}"
                .formatted(guarded.server.mcp(), key.thumbprint(), members)));
  }

  private Proof proof() {
    long now = guarded.clock.instant().getEpochSecond();
    return key.proof("GET", guarded.server.mcp(), token, now);
  }

  private RawResponse get(String scheme, String... headerLines) throws IOException {
    List<String> lines = new ArrayList<>(List.of(headerLines));
    lines.add("Authorization: " + scheme + " " + token);
    return RawClient.send(guarded.server.port(), RawClient.request("GET /mcp", lines));
  }

  private RawResponse get(Proof proof) throws IOException {
    return get("DPoP", "DPoP: " + proof.sign());
  }

  private String metadata() {
    return "resource_metadata=\"" + guarded.metadataUrl() + "\"";
  }

  private static List<String> challenges(RawResponse response) {
    return response.header("WWW-Authenticate");
  }

  @Test
  void aBoundTokenIsAdmittedWithItsProof() throws Exception {
    start("accepted");

    RawResponse response = get(proof());

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body()).contains("authType=DPoP");
    assertThat(response.header("DPoP-Nonce")).isEmpty();
    assertThat(get("dpop", "dpop: " + proof().sign()).status()).isEqualTo(200);
    assertThat(get(proof()).status()).isEqualTo(200);
    assertThat(guarded.as.introspectionRequests()).hasSize(1); // the token is cached
  }

  /** The host is never looked at: a proxy may change it, and an attacker may choose it. */
  @Test
  void theUriIsThatOfTheResourceWhateverTheHostIs() throws Exception {
    start("accepted", "resource", "https://mcp.example/mcp", "audience", "{mcp}");

    assertThat(get(proof().claim("htu", "https://mcp.example/mcp")).status()).isEqualTo(200);
    assertThat(get(proof()).status()).isEqualTo(401);
    assertThat(get(proof().claim("htu", "http://any.example/mcp")).status()).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("dpop_proof", "dpop_proof");
  }

  @Test
  void aReplayedProofIsRefused() throws Exception {
    start("accepted");
    String proof = proof().sign();

    assertThat(get("DPoP", "DPoP: " + proof).status()).isEqualTo(200);
    RawResponse again = get("DPoP", "DPoP: " + proof);

    assertThat(again.status()).isEqualTo(401);
    assertThat(challenges(again).get(1)).contains("error=\"invalid_dpop_proof\"");
    assertThat(log.reasons()).containsExactly("dpop_replay");
  }

  @Test
  void withDpopOffTheSchemeIsUnknownAndABoundTokenIsRefused() throws Exception {
    start("off");

    assertThat(challenges(get(proof()))).containsExactly("Bearer " + metadata());
    assertThat(challenges(get("DPoP"))).containsExactly("Bearer " + metadata());
    assertThat(guarded.as.introspectionRequests()).isEmpty();
    assertThat(get("Bearer", "DPoP: " + proof().sign()).status()).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("no_credentials", "no_credentials", "bound_token");
  }

  /** RFC 9449 §7.2. */
  @ParameterizedTest
  @ValueSource(strings = {"accepted", "required"})
  void aBoundTokenIsRefusedAsBearerEvenWithAProof(String mode) throws Exception {
    start(mode);

    RawResponse response = get("Bearer", "DPoP: " + proof().sign());

    assertThat(response.status()).isEqualTo(401);
    assertThat(response.body()).contains("\"invalid_token\"");
    assertThat(log.reasons())
        .containsExactly(mode.equals("required") ? "dpop_required" : "bound_token");
  }

  @Test
  void anUnboundTokenIsRefusedWithTheSchemeDpop() throws Exception {
    start("accepted");
    guarded.respondActive("");

    RawResponse response = get(proof());

    assertThat(response.status()).isEqualTo(401);
    assertThat(challenges(response).get(1))
        .isEqualTo(
            "DPoP %s, %s, error=\"invalid_token\", error_description=\"%s\""
                .formatted(metadata(), ALGORITHMS, "The access token is not valid here"));
    assertThat(log.reasons()).containsExactly("unbound_token");
    assertThat(get("Bearer").status()).isEqualTo(200);
  }

  /** RFC 9449 §7.1, §7.2: Bearer first, and the error in the challenge for the scheme in use. */
  @Test
  void whereBothAreAcceptedThereIsAChallengeForEach() throws Exception {
    start("accepted", "challenge-scopes", "notes:read");
    String bearer = "Bearer " + metadata() + ", scope=\"notes:read\"";
    String dpop = "DPoP " + metadata() + ", scope=\"notes:read\", " + ALGORITHMS;

    assertThat(
            challenges(
                RawClient.send(guarded.server.port(), RawClient.request("GET /mcp", List.of()))))
        .containsExactly(bearer, dpop);
    assertThat(challenges(get("Bearer")))
        .containsExactly(
            bearer
                + ", error=\"invalid_token\","
                + " error_description=\"The access token is not valid here\"",
            dpop);
    assertThat(challenges(get("DPoP")))
        .containsExactly(
            bearer,
            dpop
                + ", error=\"invalid_dpop_proof\","
                + " error_description=\"The DPoP proof is not valid here\"");
    assertThat(challenges(get("DPoP a", "DPoP: " + proof().sign())))
        .containsExactly(
            bearer,
            dpop
                + ", error=\"invalid_request\","
                + " error_description=\"The access token is not presented as RFC 6750 demands\"");
  }

  @Test
  void whereDpopIsRequiredThereIsNoChallengeForBearer() throws Exception {
    start("required", "dpop-algorithms", "ES256 RS256");
    String dpop = "DPoP " + metadata() + ", algs=\"ES256 RS256\"";

    assertThat(challenges(get("Basic"))).containsExactly(dpop);
    assertThat(challenges(get("Bearer")))
        .containsExactly(
            dpop
                + ", error=\"invalid_token\","
                + " error_description=\"The access token is not valid here\"");
    assertThat(guarded.as.introspectionRequests()).isEmpty();
    assertThat(get(proof()).status()).isEqualTo(200);
  }

  /** A client that has authenticated steps up with the scheme that it uses. */
  @Test
  void aStepUpNamesTheSchemeInUse() throws Exception {
    start("accepted", "required-scopes", "notes:read");

    RawResponse response = get(proof());

    assertThat(response.status()).isEqualTo(403);
    assertThat(challenges(response))
        .containsExactly(
            "DPoP %s, scope=\"notes:read\", %s, error=\"insufficient_scope\","
                    .formatted(metadata(), ALGORITHMS)
                + " error_description=\"The access token does not allow this\"");
    guarded.respondActive("");
    String bearer = Secrets.token();
    assertThat(
            guarded
                .server
                .get("/mcp", "Authorization", "Bearer " + bearer)
                .headers()
                .allValues("WWW-Authenticate"))
        .singleElement()
        .asString()
        .startsWith("Bearer ");
  }

  /** §8, §9. Some clients understand the demand for a nonce only as the only challenge. */
  @Test
  void aClientGetsANonceAndThenTheNextOne() throws Exception {
    start("accepted", "dpop-nonce", "on");

    RawResponse asking = get(proof());

    assertThat(asking.status()).isEqualTo(401);
    assertThat(challenges(asking))
        .containsExactly(
            "DPoP %s, %s, error=\"use_dpop_nonce\", error_description=\"%s\""
                .formatted(metadata(), ALGORITHMS, "The DPoP proof needs a nonce of this server"));
    String nonce = asking.header("DPoP-Nonce").get(0);
    RawResponse admitted = get(proof().claim("nonce", nonce));
    assertThat(admitted.status()).isEqualTo(200);
    assertThat(admitted.header("DPoP-Nonce")).containsExactly(nonce);
    guarded.clock.advance(Duration.ofMinutes(3));
    String next = get(proof().claim("nonce", nonce)).header("DPoP-Nonce").get(0);
    assertThat(next).isNotEqualTo(nonce);
    guarded.clock.advance(Duration.ofMinutes(3));
    assertThat(get(proof().claim("nonce", nonce)).status()).isEqualTo(401);
    assertThat(get(proof().claim("nonce", next)).status()).isEqualTo(200);
    assertThat(log.reasons()).containsExactly("dpop_nonce", "dpop_nonce");
  }

  /** Only holders of active tokens cause signature checks, and a missing proof no introspection. */
  @Test
  void theProofIsCheckedAfterTheToken() throws Exception {
    start("accepted");

    assertThat(get("DPoP").status()).isEqualTo(401);
    assertThat(get("DPoP", "DPoP: a", "DPoP: b").status()).isEqualTo(401);
    assertThat(guarded.as.introspectionRequests()).isEmpty();
    guarded.respondInactive();
    assertThat(get("DPoP", "DPoP: invalid").status()).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("dpop_proof", "dpop_proof", "inactive");
  }

  /** Not a bad token: whoever holds an active one is not counted by the limit. */
  @Test
  void badProofsDoNotCountAsBadTokens() throws Exception {
    start("accepted", "max-bad-tokens-per-minute", "3");

    for (int i = 0; i < 10; i++) {
      assertThat(get(proof().claim("htm", "POST")).status()).isEqualTo(401);
    }
    assertThat(get(proof()).status()).isEqualTo(200);
  }

  @Test
  void theAuditLogNamesTheProof() throws Exception {
    start("accepted", "audit-admitted", "true");

    get(proof());
    get(proof().claim("htm", "POST"));

    assertThat(log.auditLines().get(0)).startsWith("outcome=admitted reason=none proof=dpop ");
    assertThat(log.auditLines().get(1))
        .startsWith("outcome=refused reason=dpop_proof status=401")
        .doesNotContain("proof=dpop ");
  }

  /** RFC 9728 §2. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          off      | off      | -
          accepted | off      | "dpop_signing_alg_values_supported":["ES256","EdDSA","PS256","RS256"]
          required | off      | "dpop_signing_alg_values_supported":["ES256","EdDSA","PS256","RS256"],"dpop_bound_access_tokens_required":true
          off      | accepted | "tls_client_certificate_bound_access_tokens":true
          off      | required | "tls_client_certificate_bound_access_tokens":true
          """)
  void theMetadataStatesWhatIsAccepted(String dpop, String mtls, String members) throws Exception {
    start(dpop, "mtls-bound-tokens", mtls);

    String body = guarded.server.get("/.well-known/oauth-protected-resource/mcp").body();

    assertThat(body)
        .endsWith(
            "\"bearer_methods_supported\":[\"header\"]"
                + (members.equals("-") ? "" : "," + members)
                + "}");
  }

  /** RFC 9449 §8.2 with the Fetch standard. */
  @ParameterizedTest
  @CsvSource({"off, false", "accepted, true", "required, true"})
  void pagesMaySendProofsAndReadNonces(String mode, boolean expected) throws Exception {
    start(mode, "allowed-origins", "https://app.example");
    String origin = "Origin: https://app.example";

    RawResponse preflight =
        RawClient.send(
            guarded.server.port(),
            RawClient.request(
                "OPTIONS /mcp", List.of(origin, "Access-Control-Request-Method: POST")));

    assertThat(preflight.header("Access-Control-Allow-Headers").get(0).endsWith(", DPoP"))
        .isEqualTo(expected);
    assertThat(
            get("DPoP", origin)
                .header("Access-Control-Expose-Headers")
                .get(0)
                .endsWith(", DPoP-Nonce"))
        .isEqualTo(expected);
  }

  /** A proof of 8 KiB is checked; a longer one is refused unread. */
  @Test
  void aHugeProofIsRefused() throws Exception {
    start("accepted");

    assertThat(get(proof().claim("x", "x".repeat(5000))).status()).isEqualTo(200);
    assertThat(get(proof().claim("x", "x".repeat(30_000))).status()).isEqualTo(401);
    assertThat(get("DPoP", "DPoP: " + ".".repeat(8192)).status()).isEqualTo(401);
  }
}
