package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.INTROSPECT;
import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.TestServer.basic;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signed introspection responses (RFC 9701) and the keys that verify them (RFC 7517). */
class SignedIntrospectionTest {
  private static final String JWT = "application/token-introspection+jwt";

  private final TurnedClock clock = new TurnedClock();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.server(origin).resource(Demo.MAPS).clock(clock).build().register(context));

  @Test // RFC 9701 §5
  void aSignedResponseContainsTheClaimsAndVerifiesWithThePublishedKey()
      throws ParseException, JOSEException {
    clock.turn(Duration.ofSeconds(90));
    String token = token();

    HttpResponse<String> response = signed("notes", token, JWT);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Content-Type")).startsWith(JWT);
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    SignedJWT jwt = SignedJWT.parse(response.body());
    assertThat(jwt.getHeader().getType().getType()).isEqualTo("token-introspection+jwt");
    assertThat(jwt.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.ES256);
    assertThat(jwt.getHeader().getJWK()).isNull();
    JWKSet keys = JWKSet.parse(server.get("/oauth/jwks").body());
    ECKey key = keys.getKeyByKeyId(jwt.getHeader().getKeyID()).toECKey();
    assertThat(jwt.verify(new ECDSAVerifier(key))).isTrue();
    JWTClaimsSet claims = jwt.getJWTClaimsSet();
    assertThat(claims.getIssuer()).isEqualTo(server.origin());
    assertThat(claims.getAudience()).containsExactly("notes-server");
    assertThat(claims.getIssueTime()).isEqualTo(Date.from(clock.instant()));
    // RFC 9701 §5: no claim with which it could pass for an access token or an ID token
    assertThat(claims.getClaims()).containsOnlyKeys("iss", "aud", "iat", "token_introspection");
  }

  @Test // RFC 9701 §5
  void aSignedResponseHasTheSameMembersAsTheJson() throws ParseException {
    String token = token();
    Map<String, Object> plain = json(signed("notes", token, "application/json"));

    assertThat(members(signed("notes", token, JWT)))
        .containsExactlyInAnyOrderEntriesOf(plain)
        .containsEntry("active", true)
        .containsEntry("client_id", "client");
  }

  @Test // otherwise one resource server could show the response to another
  void theAudienceIsTheCaller() throws ParseException {
    for (String name : List.of("notes", "maps")) {
      assertThat(claims(signed(name, "abc", JWT)).getAudience()).containsExactly(name + "-server");
    }
  }

  @Test // RFC 9701 §5: disclosure follows the same rules
  void aSignedResponseIsInactiveOutsideTheAudience() throws ParseException {
    assertThat(members(signed("maps", token(), JWT)))
        .containsExactlyEntriesOf(Map.of("active", false));
  }

  @Test // Keycloak's CVE-2026-18208
  void aSignedResponseForAnInactiveTokenHasNoOtherMember() throws ParseException {
    assertThat(members(signed("notes", "abc", JWT)))
        .containsExactlyEntriesOf(Map.of("active", false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          application/json                                            | application/json
          */*                                                         | application/json
          application/*                                               | application/json
          application/token-introspection                             | application/json
          application/token-introspection+jwtx                        | application/json
          xapplication/token-introspection+jwt                        | application/json
          application/jwt                                             | application/json
          application/token-introspection+jwt;q=0                     | application/json
          application/token-introspection+jwt;q=0.0, application/json | application/json
          application/token-introspection+jwt; q = 0.000              | application/json
          ,;=,                                                        | application/json
          application/token-introspection+jwt                         | application/token-introspection+jwt
          application/json;q=0.5, Application/Token-Introspection+JWT | application/token-introspection+jwt
          application/token-introspection+jwt; q=0.9                  | application/token-introspection+jwt
          application/token-introspection+jwt;q=0.001                 | application/token-introspection+jwt
          text/html,,application/token-introspection+jwt              | application/token-introspection+jwt
          """)
  void onlyTheExactMediaTypeInAcceptGetsASignedResponse(String accept, String type) {
    assertThat(header(signed("notes", "abc", accept), "Content-Type")).startsWith(type);
  }

  @ParameterizedTest(name = "{0}") // RFC 9701 §5 covers success only
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          wrong secret       | notes-server | wrong         | token=abc | 401
          no resource server | client       | client-secret | token=abc | 403
          no token           | notes-server | notes-secret  | x=y       | 400
          """)
  void errorsAreNeverSigned(String what, String client, String secret, String form, int status) {
    HttpResponse<String> response =
        server.send(
            server
                .form(INTROSPECT, form)
                .header("Authorization", basic(client, secret))
                .header("Accept", JWT));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(header(response, "Content-Type")).startsWith("application/json");
    assertThat(json(response)).containsKey("error");
  }

  @Test
  void aConfiguredKeySignsAndIsPublishedWithoutItsPrivatePart()
      throws JOSEException, ParseException {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("2026-11").generate();
    try (TestServer configured =
        TestServer.start(
            (origin, context) -> Demo.server(origin).signingKey(key).build().register(context))) {
      HttpResponse<String> keys = configured.get("/oauth/jwks");
      HttpResponse<String> response =
          configured.send(
              configured
                  .form(INTROSPECT, "token=abc")
                  .header("Authorization", basic("notes-server", "notes-secret"))
                  .header("Accept", JWT));

      assertThat(header(keys, "Content-Type")).startsWith("application/json");
      assertThat(JWKSet.parse(keys.body()).getKeys()).containsExactly(key.toPublicJWK());
      assertThat(keys.body()).doesNotContain("\"d\"", key.getD().toString());
      assertThat(SignedJWT.parse(response.body()).getHeader().getKeyID()).isEqualTo("2026-11");
      assertThat(SignedJWT.parse(response.body()).verify(new ECDSAVerifier(key))).isTrue();
    }
  }

  @Test
  void withoutAConfiguredKeyEachServerHasItsOwn() throws ParseException {
    try (TestServer other =
        TestServer.start((origin, context) -> Demo.server(origin).build().register(context))) {
      assertThat(JWKSet.parse(other.get("/oauth/jwks").body()).getKeys())
          .hasSize(1)
          .doesNotContainAnyElementsOf(JWKSet.parse(server.get("/oauth/jwks").body()).getKeys())
          .allMatch(key -> key.getKeyID() != null && !key.isPrivate());
    }
  }

  @Test
  void aKeyThatCannotSignIsRefusedAtTheStart() throws JOSEException {
    ECKey publicOnly = new ECKeyGenerator(Curve.P_256).keyID("a").generate().toPublicJWK();
    ECKey otherCurve = new ECKeyGenerator(Curve.P_384).keyID("a").generate();
    ECKey withoutId = new ECKeyGenerator(Curve.P_256).generate();

    for (ECKey key : List.of(publicOnly, otherCurve, withoutId)) {
      assertThatThrownBy(() -> Demo.server("https://host").signingKey(key).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("signingKey: is not a private key on P-256 with a key id; ");
      assertThatThrownBy(
              () ->
                  TokenIntrospectionServlet.builder()
                      .issuer("https://host")
                      .endpoint("https://host/introspect")
                      .tokens(token -> Optional.empty())
                      .clients(id -> Optional.empty())
                      .signingKey(key)
                      .build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("signingKey: ");
    }
  }

  private String token() {
    return TestServer.text(
        server.post(
            Demo.TOKEN,
            "client",
            "client-secret",
            Demo.FROM_CLIENT + "&resource=" + TestServer.encode(NOTES)),
        "access_token");
  }

  private HttpResponse<String> signed(String name, String token, String accept) {
    return server.send(
        server
            .form(INTROSPECT, "token=" + token)
            .header("Authorization", basic(name + "-server", name + "-secret"))
            .header("Accept", accept));
  }

  private static JWTClaimsSet claims(HttpResponse<String> response) throws ParseException {
    return SignedJWT.parse(response.body()).getJWTClaimsSet();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> members(HttpResponse<String> response) throws ParseException {
    return (Map<String, Object>) claims(response).getClaim("token_introspection");
  }
}
