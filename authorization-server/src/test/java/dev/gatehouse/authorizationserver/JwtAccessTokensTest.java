package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.FROM_CLIENT;
import static dev.gatehouse.authorizationserver.testing.Demo.INTROSPECT;
import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.Demo.REVOKE;
import static dev.gatehouse.authorizationserver.testing.Demo.TOKEN;
import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.SigningAlgorithm;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Access tokens as JWTs (RFC 9068), over HTTP. */
class JwtAccessTokensTest {
  private static final String INACTIVE = "{\"active\":false}";

  private final TurnedClock clock = new TurnedClock();

  @AutoClose private final TestServer server = start(SigningAlgorithm.ES256);

  private TestServer start(SigningAlgorithm algorithm) {
    return TestServer.start(
        (origin, context) ->
            Demo.withUsers(origin)
                .clock(clock)
                .jwtAccessTokens(true)
                .signingAlgorithm(algorithm)
                .build()
                .register(context));
  }

  @ParameterizedTest // RFC 9068 §2.1, §4
  @EnumSource
  void aTokenVerifiesWithThePublishedKeyThatItsHeaderNames(SigningAlgorithm algorithm)
      throws ParseException, JOSEException {
    try (TestServer other = start(algorithm)) {
      SignedJWT jwt = SignedJWT.parse(Demo.token(other));

      assertThat(jwt.getHeader().toJSONObject())
          .containsOnlyKeys("typ", "alg", "kid")
          .containsEntry("typ", "at+jwt")
          .containsEntry("alg", algorithm.name());
      JWK key =
          JWKSet.parse(other.get("/oauth/jwks").body()).getKeyByKeyId(jwt.getHeader().getKeyID());
      assertThat(key.toJSONObject())
          .containsEntry("use", "sig")
          .containsEntry("alg", algorithm.name())
          .doesNotContainKeys("d", "p", "q", "dp", "dq", "qi");
      assertThat(isSignedWith(key, jwt)).isTrue();
      assertThat(
              json(other.get("/.well-known/oauth-authorization-server"))
                  .get("introspection_signing_alg_values_supported"))
          .isEqualTo(List.of(algorithm.name()));
    }
  }

  @Test // RFC 9068 §2.2, §2.2.1, §2.2.3
  void aUsersTokenContainsWhatIntrospectionReportsExceptTheName() throws ParseException {
    clock.turn(Duration.ofMillis(1_999));
    UserAgent browser = new UserAgent(server);
    HttpResponse<String> response = browser.redeem(browser.code());
    JWTClaimsSet claims = SignedJWT.parse(text(response, "access_token")).getJWTClaimsSet();
    Map<String, Object> introspected = json(introspect(server, text(response, "access_token")));

    assertThat(json(response)).containsEntry("token_type", "Bearer");
    assertThat(text(response, "refresh_token")).matches("[A-Za-z0-9_-]{43}");
    assertThat(claims.getClaims().keySet())
        .containsExactlyInAnyOrder(
            "iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope", "auth_time", "acr");
    assertThat(claims.getIssuer()).isEqualTo(server.origin());
    assertThat(claims.getSubject()).isEqualTo("alice");
    assertThat(claims.getAudience()).containsExactly(NOTES);
    assertThat(claims.getStringClaim("client_id")).isEqualTo("public");
    assertThat(claims.getStringClaim("scope")).isEqualTo("notes:read notes:write");
    Instant issuedAt = claims.getIssueTime().toInstant();
    assertThat(issuedAt).isEqualTo("2026-11-21T12:00:01Z");
    assertThat(claims.getExpirationTime().toInstant()).isEqualTo(issuedAt.plusSeconds(600));
    assertThat(introspected)
        .containsEntry("username", "alice")
        .containsEntry("jti", claims.getJWTID())
        .containsEntry("sub", claims.getSubject())
        .containsEntry("scope", claims.getStringClaim("scope"))
        .containsEntry("auth_time", claims.getLongClaim("auth_time"))
        .containsEntry("acr", claims.getStringClaim("acr"))
        .containsEntry("exp", claims.getExpirationTime().toInstant().getEpochSecond())
        .containsEntry("iat", claims.getIssueTime().toInstant().getEpochSecond());
  }

  @Test // RFC 9068 §2.2: sub is required
  void theSubjectOfAClientThatActsForItselfIsTheClient() throws ParseException {
    String token = Demo.token(server);
    JWTClaimsSet claims = SignedJWT.parse(token).getJWTClaimsSet();

    assertThat(claims.getSubject()).isEqualTo("client");
    assertThat(claims.getClaims()).doesNotContainKeys("auth_time", "acr", "cnf");
    // RFC 7662 §2.2: "sub" is usually the user, so introspection leaves it out.
    assertThat(json(introspect(server, token)))
        .containsEntry("active", true)
        .doesNotContainKey("sub");
  }

  @Test
  void eachTokenIsUnique() throws ParseException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(SignedJWT.parse(Demo.token(server)).getJWTClaimsSet().getJWTID());
    }

    assertThat(ids).doesNotHaveDuplicates();
  }

  @Test // RFC 7009 §2.1
  void aRevokedTokenIsInactiveAlthoughItsSignatureIsValid() {
    String revoked = Demo.token(server);
    String other = Demo.token(server);

    server.post(REVOKE, "client", "client-secret", "token=" + revoked);

    assertThat(introspect(server, revoked).body()).isEqualTo(INACTIVE);
    assertThat(json(introspect(server, other))).containsEntry("active", true);
  }

  @Test
  void anExpiredTokenIsInactive() {
    String token = Demo.token(server);
    clock.turn(Duration.ofMinutes(10));

    assertThat(introspect(server, token).body()).isEqualTo(INACTIVE);
  }

  @Test // the store knows the whole token, so no other spelling of it is active
  void aTokenWithAnotherSignatureOrSpellingIsInactive() {
    String token = Demo.token(server);
    String unsigned = token.substring(0, token.lastIndexOf('.') + 1);
    String start = token.substring(0, token.length() - 1);

    List<String> others =
        new ArrayList<>(List.of(unsigned, token + ".", token + "=", "." + token, start));
    for (char last : "ABCDQRSTghijwxyz".toCharArray()) {
      others.add(start + last);
    }
    others.remove(token);

    for (String other : others) {
      assertThat(introspect(server, encode(other)).body()).as(other).isEqualTo(INACTIVE);
    }
  }

  @Test
  void aRefreshGetsAnotherJwtOfTheSameLogIn() throws ParseException {
    UserAgent browser = new UserAgent(server);
    HttpResponse<String> first = browser.redeem(browser.code());
    clock.turn(Duration.ofMinutes(5));
    HttpResponse<String> second = browser.refresh(text(first, "refresh_token"));

    JWTClaimsSet before = SignedJWT.parse(text(first, "access_token")).getJWTClaimsSet();
    JWTClaimsSet after = SignedJWT.parse(text(second, "access_token")).getJWTClaimsSet();
    assertThat(after.getClaim("auth_time")).isEqualTo(before.getClaim("auth_time"));
    assertThat(after.getIssueTime()).isAfter(before.getIssueTime());
  }

  @Test // RFC 7662 §2.1: the caller's own token may be a JWT too
  void aResourceServerIntrospectsWithAJwt() {
    try (TestServer other =
        TestServer.start(
            (origin, context) ->
                Demo.server(origin)
                    .jwtAccessTokens(true)
                    .clientRegistry(
                        new InMemoryClientRegistry(
                            List.of(
                                RegisteredClient.builder("notes-server")
                                    .secret("notes-secret")
                                    .grantTypes("client_credentials")
                                    .scopes(TokenIntrospectionServlet.SCOPE)
                                    .resourceServerFor(NOTES)
                                    .build())))
                    .build()
                    .register(context))) {
      String own =
          text(
              other.post(TOKEN, "notes-server", "notes-secret", FROM_CLIENT + "&scope=introspect"),
              "access_token");
      HttpResponse<String> response =
          other.send(other.form(INTROSPECT, "token=abc").header("Authorization", "Bearer " + own));

      assertThat(response.body()).isEqualTo(INACTIVE);
      assertThat(response.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aConfiguredKeySignsAccessTokensToo() throws ParseException, JOSEException {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("2026-11").generate();
    AuthorizationServer.Builder builder =
        Demo.server("https://host").signingKey(key).jwtAccessTokens(true);
    try (TestServer other =
        TestServer.start((origin, context) -> builder.issuer(origin).build().register(context))) {
      SignedJWT jwt = SignedJWT.parse(Demo.token(other));

      assertThat(jwt.getHeader().getKeyID()).isEqualTo("2026-11");
      assertThat(isSignedWith(key, jwt)).isTrue();
    }
    assertThatThrownBy(() -> builder.build().rotateSigningKey())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("write signingKeyStore instead");
    assertThatThrownBy(() -> builder.signingAlgorithm(SigningAlgorithm.RS256).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("signingAlgorithm: RS256 does not fit signingKey");
  }

  @Test
  void withoutTheSwitchTokensAreOpaque() {
    try (TestServer other =
        TestServer.start(
            (origin, context) ->
                Demo.server(origin)
                    .signingAlgorithm(SigningAlgorithm.RS256)
                    .build()
                    .register(context))) {
      assertThat(Demo.token(other)).matches("[A-Za-z0-9_-]{43}");
    }
  }

  private static boolean isSignedWith(JWK key, SignedJWT jwt) throws JOSEException {
    return jwt.verify(
        new DefaultJWSVerifierFactory()
            .createJWSVerifier(
                jwt.getHeader(),
                key instanceof ECKey ec ? ec.toPublicKey() : key.toRSAKey().toPublicKey()));
  }
}
