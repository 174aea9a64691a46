package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.INTROSPECT;
import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.Demo.TOKEN;
import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.TestServer.basic;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.VERIFIER;
import static dev.gatehouse.authorizationserver.testing.UserAgent.value;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.authorizationserver.store.Confirmation;
import dev.gatehouse.authorizationserver.store.DelegatingTokenStore;
import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.TokenStatus;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryTokenStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.DpopKey;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TokenForge;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens and codes that are bound to the client's DPoP key (RFC 9449), over HTTP. */
class DpopBoundTokensTest {
  private final TurnedClock clock = new TurnedClock();
  private final DpopKey key = DpopKey.ec();
  private final DpopKey other = DpopKey.ec();

  private final InMemoryClientRegistry registry = new InMemoryClientRegistry(clients());

  @AutoClose private final TestServer server = start(false);

  private static List<RegisteredClient> clients() {
    List<RegisteredClient> clients = new ArrayList<>(Demo.clients());
    clients.add(
        RegisteredClient.builder("strict")
            .secret("strict-secret")
            .grantTypes("client_credentials")
            .scopes("notes:read")
            .dpopBoundAccessTokens(true)
            .build());
    clients.add(
        RegisteredClient.builder("confidential")
            .secret("web-secret")
            .grantTypes("authorization_code", "refresh_token")
            .scopes("notes:read")
            .redirectUris(Demo.CALLBACK)
            .build());
    clients.add(
        RegisteredClient.builder("gateway")
            .secret("maps-secret")
            .grantTypes("client_credentials")
            .scopes(TokenIntrospectionServlet.SCOPE)
            .resourceServerFor(NOTES)
            .build());
    return clients;
  }

  private TestServer start(boolean jwt) {
    return TestServer.start(
        (origin, context) ->
            Demo.withUsers(origin)
                .clock(clock)
                .jwtAccessTokens(jwt)
                .clientRegistry(registry)
                .build()
                .register(context));
  }

  private String proof(DpopKey by) {
    return by.proof(server, clock.instant());
  }

  /** A token request of the client called {@code client}. */
  private HttpResponse<String> request(String... proofs) {
    return requestAs("client", "client-secret", proofs);
  }

  private HttpResponse<String> requestAs(String client, String secret, String... proofs) {
    return post(
        server.form(TOKEN, Demo.FROM_CLIENT).header("Authorization", basic(client, secret)),
        proofs);
  }

  private HttpResponse<String> post(HttpRequest.Builder form, String... proofs) {
    for (String proof : proofs) {
      form.header("DPoP", proof);
    }
    return server.send(form);
  }

  private HttpResponse<String> redeem(String code, String... proofs) {
    return post(
        server.form(
            TOKEN,
            "grant_type=authorization_code&client_id=public&code="
                + code
                + "&code_verifier="
                + VERIFIER),
        proofs);
  }

  private HttpResponse<String> refresh(String token, String... proofs) {
    return post(
        server.form(
            TOKEN, "grant_type=refresh_token&client_id=public&refresh_token=" + encode(token)),
        proofs);
  }

  private static void expectRefused(HttpResponse<String> response, String error) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(json(response)).containsEntry("error", error).doesNotContainKey("access_token");
  }

  @Test // RFC 9449 §5, §6.2
  void aTokenIsBoundToTheKeyOfTheProofInResponseAndIntrospection() {
    HttpResponse<String> response = request(proof(key));

    assertThat(json(response)).containsEntry("token_type", "DPoP");
    assertThat(json(introspect(server, text(response, "access_token"))))
        .containsEntry("token_type", "DPoP")
        .containsEntry("cnf", Map.of("jkt", key.thumbprint()));
  }

  @Test // RFC 9449 §6.1
  void aJwtIsBoundToTheKeyOfTheProof() throws ParseException {
    try (TestServer jwts = start(true)) {
      HttpResponse<String> response =
          jwts.send(
              jwts.form(TOKEN, Demo.FROM_CLIENT)
                  .header("Authorization", basic("client", "client-secret"))
                  .header("DPoP", key.proof(jwts, clock.instant())));

      assertThat(SignedJWT.parse(text(response, "access_token")).getJWTClaimsSet().getClaim("cnf"))
          .isEqualTo(Map.of("jkt", key.thumbprint()));
      assertThat(json(response)).containsEntry("token_type", "DPoP");
    }
  }

  @Test
  void withoutAProofTheTokenIsABearerToken() {
    HttpResponse<String> response = request();

    assertThat(json(response)).containsEntry("token_type", "Bearer");
    assertThat(json(introspect(server, text(response, "access_token"))))
        .containsEntry("token_type", "Bearer")
        .doesNotContainKey("cnf");
  }

  @Test
  void anRsaKeyIsAcceptedToo() {
    DpopKey rsa = DpopKey.rsa(2048);

    assertThat(json(introspect(server, text(request(proof(rsa)), "access_token"))).get("cnf"))
        .isEqualTo(Map.of("jkt", rsa.thumbprint()));
  }

  @Test // RFC 9449 §4.3, 1
  void twoProofsAreRefused() {
    expectRefused(request(proof(key), proof(key)), "invalid_dpop_proof");
    expectRefused(request(proof(key) + "," + proof(key)), "invalid_dpop_proof");
  }

  @Test // RFC 9449 §11.1
  void aProofIsUsedOnce() {
    String proof = proof(key);

    assertThat(request(proof).statusCode()).isEqualTo(200);
    expectRefused(request(proof), "invalid_dpop_proof");
    assertThat(request(proof(key)).statusCode()).isEqualTo(200);
    // Until it is too old anyway.
    clock.turn(Duration.ofMinutes(2).minusNanos(1));
    expectRefused(request(proof), "invalid_dpop_proof");
    clock.turn(Duration.ofSeconds(1));
    expectRefused(request(proof), "invalid_dpop_proof");
  }

  @Test
  void anotherKeyMayUseTheSameJti() {
    var claims = DpopKey.claims(server, clock.instant()).build();

    assertThat(request(key.proof(claims)).statusCode()).isEqualTo(200);
    assertThat(request(other.proof(claims)).statusCode()).isEqualTo(200);
    expectRefused(request(key.proof(claims)), "invalid_dpop_proof");
  }

  @Test // so that anonymous callers can't fill the store
  void aProofOfARefusedRequestIsNotUsedUp() {
    String proof = proof(key);

    expectRefused(redeem("unknown", proof), "invalid_grant");
    expectRefused(refresh("unknown", proof), "invalid_grant");
    assertThat(request(proof).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest // RFC 9449 §4.3, 11
  @CsvSource({
    "-120, false",
    "-119, true",
    "-60, true",
    "0, true",
    "60, true",
    "61, false",
    "31536000, false"
  })
  void aProofIsRecent(long seconds, boolean accepted) {
    HttpResponse<String> response =
        request(key.proof(server, clock.instant().plusSeconds(seconds)));

    assertThat(response.statusCode()).isEqualTo(accepted ? 200 : 400);
  }

  @ParameterizedTest(name = "{0} {1}") // RFC 9449 §4.3, 3 and 9
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          htm   | GET
          htm   | post
          htm   |
          htu   |
          htu   | ORIGIN
          htu   | ORIGIN/
          htu   | ORIGIN/oauth/token/
          htu   | ORIGIN/oauth/tokens
          htu   | ORIGIN/oauth/token?x=y
          htu   | ORIGIN/oauth/token#x
          htu   | ORIGIN/oauth/../oauth/token
          htu   | ORIGIN/oauth/%74oken
          htu   | https://127.0.0.1/oauth/token
          htu   | http://127.0.0.1/oauth/token
          htu   | http://other.example.com/oauth/token
          htu   | /oauth/token
          htu   | http:/oauth/token
          htu   | no URL
          jti   |
          jti   | ''
          iat   |
          """)
  void aProofForAnotherRequestOrWithoutARequiredClaimIsRefused(
      String claim, @Nullable String value) {
    var claims = DpopKey.claims(server, clock.instant());
    claims.claim(claim, value == null ? null : value.replace("ORIGIN", server.origin()));

    expectRefused(request(key.proof(claims.build())), "invalid_dpop_proof");
  }

  @ParameterizedTest
  @ValueSource(strings = {"iat", "htu", "htm", "jti"})
  void aClaimOfAnotherTypeIsRefused(String claim) {
    for (Object wrong : List.of(true, List.of("a"), Map.of("a", "b"), "text")) {
      if (!(claim.equals("jti") && wrong instanceof String)) {
        var claims = DpopKey.claims(server, clock.instant()).claim(claim, wrong);
        String forged = TokenForge.sign(key, claims.build().toJSONObject());
        expectRefused(request(forged), "invalid_dpop_proof");
      }
    }
  }

  @Test // RFC 3986 §6.2.2.1, §6.2.3
  void theEndpointMayBeSpelledInUpperCase() {
    var claims =
        DpopKey.claims(server, clock.instant())
            .claim("htu", "HTTP" + server.origin().substring(4) + TOKEN);

    assertThat(request(key.proof(claims.build())).statusCode()).isEqualTo(200);
  }

  @Test // RFC 9449 §8.2: clients may keep nonces by address
  void aNonceOfAnotherServerIsIgnored() {
    var claims = DpopKey.claims(server, clock.instant()).claim("nonce", "of the resource server");

    assertThat(request(key.proof(claims.build())).statusCode()).isEqualTo(200);
  }

  @Test // RFC 9449 §4.3, 2 and 4 to 8
  void aProofThatIsMalformedOrSignedInAnotherWayIsRefused() {
    for (Map.Entry<String, String> forged :
        TokenForge.forgedProofs(server, key, clock.instant()).entrySet()) {
      HttpResponse<String> response = request(forged.getValue());

      assertThat(response.statusCode()).as(forged.getKey()).isEqualTo(400);
      assertThat(json(response)).as(forged.getKey()).containsEntry("error", "invalid_dpop_proof");
    }
  }

  @Test // RFC 9449 §5.2
  void aClientThatAlwaysSendsProofsGetsNothingWithoutOne() {
    expectRefused(requestAs("strict", "strict-secret"), "invalid_dpop_proof");
    assertThat(json(requestAs("strict", "strict-secret", proof(key))))
        .containsEntry("token_type", "DPoP");
  }

  @Test // RFC 9449 §5
  void theRefreshTokenOfAPublicClientIsWorthNothingWithoutItsKey() {
    UserAgent browser = new UserAgent(server);
    String refresh = text(redeem(browser.code(), proof(key)), "refresh_token");

    expectRefused(refresh(refresh), "invalid_grant");
    expectRefused(refresh(refresh, proof(other)), "invalid_grant");
    HttpResponse<String> second = refresh(refresh, proof(key));
    assertThat(json(second)).containsEntry("token_type", "DPoP");
    assertThat(json(introspect(server, text(second, "access_token"))).get("cnf"))
        .isEqualTo(Map.of("jkt", key.thumbprint()));

    // Its successor is bound in the same way, and the same again within the grace.
    String successor = text(second, "refresh_token");
    expectRefused(refresh(successor), "invalid_grant");
    expectRefused(refresh(successor, proof(other)), "invalid_grant");
    assertThat(text(refresh(refresh, proof(key)), "refresh_token")).isEqualTo(successor);
    assertThat(refresh(successor, proof(key)).statusCode()).isEqualTo(200);
  }

  @Test
  void aRefreshTokenWithoutBindingGetsOneWithTheFirstProof() {
    UserAgent browser = new UserAgent(server);
    HttpResponse<String> bearer = redeem(browser.code());
    assertThat(json(bearer)).containsEntry("token_type", "Bearer");

    HttpResponse<String> bound = refresh(text(bearer, "refresh_token"), proof(key));
    assertThat(json(bound)).containsEntry("token_type", "DPoP");
    expectRefused(refresh(text(bound, "refresh_token")), "invalid_grant");
  }

  @Test // RFC 9449 §5: bound to the client, which authenticates
  void theRefreshTokenOfAConfidentialClientIsNotBound() {
    Map<String, String> request = UserAgent.request();
    request.put("client_id", "confidential");
    request.put("scope", "notes:read");
    String code = value(new UserAgent(server).consent(request), "code");
    HttpResponse<String> first =
        post(
            server
                .form(
                    TOKEN,
                    "grant_type=authorization_code&code=" + code + "&code_verifier=" + VERIFIER)
                .header("Authorization", basic("confidential", "web-secret")),
            proof(key));
    assertThat(json(first)).containsEntry("token_type", "DPoP");

    HttpResponse<String> second =
        post(
            server
                .form(
                    TOKEN, "grant_type=refresh_token&refresh_token=" + text(first, "refresh_token"))
                .header("Authorization", basic("confidential", "web-secret")),
            proof(other));
    assertThat(json(introspect(server, text(second, "access_token"))).get("cnf"))
        .isEqualTo(Map.of("jkt", other.thumbprint()));
  }

  @Test // RFC 9449 §10
  void aCodeForAKeyIsRedeemedOnlyWithItsProof() {
    Map<String, String> request = UserAgent.request();
    request.put("dpop_jkt", key.thumbprint());
    String code = value(new UserAgent(server).consent(request), "code");

    expectRefused(redeem(code), "invalid_grant");
    expectRefused(redeem(code, proof(other)), "invalid_grant");
    HttpResponse<String> response = redeem(code, proof(key));
    assertThat(json(introspect(server, text(response, "access_token"))).get("cnf"))
        .isEqualTo(Map.of("jkt", key.thumbprint()));
  }

  @ParameterizedTest // RFC 9449 §10, RFC 6749 §4.1.2.1
  @ValueSource(strings = {"x", "=0123456789012345678901234567890123456789012", " "})
  void aThumbprintThatIsNoneIsRefusedAtTheAuthorizationEndpoint(String thumbprint) {
    Map<String, String> request = UserAgent.request();
    request.put("dpop_jkt", thumbprint);

    assertThat(UserAgent.parameters(new UserAgent(server).open(request)))
        .containsEntry("error", "invalid_request");
  }

  @Test // RFC 9449 §5.1
  void theMetadataListsTheAlgorithmsOfProofs() {
    for (String path : List.of("oauth-authorization-server", "openid-configuration")) {
      assertThat(json(server.get("/.well-known/" + path)))
          .containsEntry("dpop_signing_alg_values_supported", List.of("ES256", "RS256", "PS256"))
          .containsEntry("jwks_uri", server.origin() + "/oauth/jwks");
    }
  }

  @Test // RFC 9449 §5.2, RFC 7591 §3.2.1
  void aClientRegistersThatItAlwaysSendsProofs() {
    HttpResponse<String> response = register(server, ",\"dpop_bound_access_tokens\":true");
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(json(response)).containsEntry("dpop_bound_access_tokens", true);

    Map<String, String> request = UserAgent.request();
    request.put("client_id", text(response, "client_id"));
    request.put("scope", "notes:read");
    String code = value(new UserAgent(server).consent(request), "code");
    String form =
        "grant_type=authorization_code&client_id="
            + text(response, "client_id")
            + "&code="
            + code
            + "&code_verifier="
            + VERIFIER;
    assertThat(registry.find(text(response, "client_id")).orElseThrow().dpopBoundAccessTokens())
        .isTrue();
    assertThat(json(post(server.form(TOKEN, form), proof(key))))
        .containsEntry("token_type", "DPoP");
  }

  @Test
  void aRegistrationWithoutTheMemberOrWithFalseMakesProofsOptional() {
    for (String member : List.of("", ",\"dpop_bound_access_tokens\":false")) {
      assertThat(json(register(server, member))).doesNotContainKey("dpop_bound_access_tokens");
    }
    assertThat(json(register(server, ",\"dpop_bound_access_tokens\":\"yes\"")))
        .containsEntry("error", "invalid_client_metadata");
  }

  private static HttpResponse<String> register(TestServer server, String members) {
    return server.send(
        server
            .request("/oauth/register")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"redirect_uris\":[\"http://127.0.0.1/callback\"],"
                        + "\"token_endpoint_auth_method\":\"none\""
                        + members
                        + "}")));
  }

  @Test // RFC 9449 §7.2
  void aBoundTokenIsNoBearerTokenForIntrospection() {
    HttpResponse<String> bound =
        post(
            server
                .form(TOKEN, "grant_type=client_credentials&scope=introspect")
                .header("Authorization", basic("gateway", "maps-secret")),
            proof(key));
    HttpResponse<String> bearer =
        post(
            server
                .form(TOKEN, "grant_type=client_credentials&scope=introspect")
                .header("Authorization", basic("gateway", "maps-secret")));

    assertThat(introspectAs(text(bearer, "access_token")).statusCode()).isEqualTo(200);
    assertThat(introspectAs(text(bound, "access_token")).statusCode()).isEqualTo(401);
  }

  private HttpResponse<String> introspectAs(String own) {
    return server.send(
        server.form(INTROSPECT, "token=abc").header("Authorization", "Bearer " + own));
  }

  @Test // a store that was written for an earlier version
  @LogsWarning("TokenEndpoint failed")
  void aStoreThatLosesTheBindingGetsNoBoundToken() {
    InMemoryTokenStore kept = new InMemoryTokenStore();
    List<OpaqueToken> looked = new ArrayList<>();
    var forgetful =
        new DelegatingTokenStore(kept) {
          @Override
          public void save(List<IssuedToken> tokens) {
            super.save(
                tokens.stream()
                    .map(each -> new IssuedToken(each.hash(), unbound(each.token())))
                    .toList());
          }

          @Override
          public Optional<StoredToken> find(OpaqueToken token) {
            looked.add(token);
            return super.find(token);
          }
        };
    try (TestServer lossy =
        TestServer.start(
            (origin, context) ->
                Demo.server(origin).clock(clock).tokenStore(forgetful).build().register(context))) {
      HttpResponse<String> response =
          lossy.send(
              lossy
                  .form(TOKEN, Demo.FROM_CLIENT)
                  .header("Authorization", basic("client", "client-secret"))
                  .header("DPoP", key.proof(lossy, clock.instant())));

      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(kept.find(looked.get(0)).orElseThrow().status()).isEqualTo(TokenStatus.REVOKED);
      // Bearer tokens are no problem.
      assertThat(Demo.token(lossy)).isNotEmpty();
    }
  }

  private static StoredToken unbound(StoredToken token) {
    return new StoredToken(
        token.kind(),
        token.id(),
        token.grantId(),
        token.clientId(),
        token.subject(),
        token.username(),
        token.authentication(),
        token.scopes(),
        token.audience(),
        token.issuedAt(),
        token.notBefore(),
        token.expiresAt(),
        token.status());
  }

  @Test
  void aRefreshTokenIsNotReportedAsAnAccessToken() {
    InMemoryTokenStore store = new InMemoryTokenStore();
    OpaqueToken refresh = OpaqueToken.random();
    store.save(
        List.of(
            new IssuedToken(
                refresh.hash(),
                StoredToken.builder(
                        TokenKind.REFRESH,
                        "notes-server",
                        clock.instant(),
                        clock.instant().plusSeconds(60))
                    .confirmation(new Confirmation(key.thumbprint(), null))
                    .build())));
    try (TestServer stored =
        TestServer.start(
            (origin, context) ->
                Demo.server(origin).clock(clock).tokenStore(store).build().register(context))) {
      assertThat(json(introspect(stored, refresh.value())))
          .containsEntry("cnf", Map.of("jkt", key.thumbprint()))
          .doesNotContainKey("token_type");
    }
  }
}
