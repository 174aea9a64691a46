package dev.gatehouse.internal.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.JwtSigner;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.TestJwt;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which JWTs are access tokens of the server, clause by clause. */
class JwtVerifierTest {

  private static final JwtSigner RSA = JwtSigner.of("RS256", "rsa");

  private static JwtFixture fixture;

  @BeforeAll
  static void start() throws IOException {
    fixture =
        new JwtFixture(
            RSA,
            JwtSigner.of("ES256", "ec256"),
            JwtSigner.of("ES384", "ec384"),
            JwtSigner.of("ES512", "ec512"),
            JwtSigner.of("EdDSA", "ed"));
    fixture.verify(fixture.accessToken(RSA).signed()); // starts its threads before the first test
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static TokenClaims active(TestJwt jwt) {
    VerificationResult result = fixture.verify(jwt.signed());
    assertThat(result).isInstanceOf(VerificationResult.Active.class);
    return ((VerificationResult.Active) result).claims();
  }

  /** Keys without alg, as Entra ID publishes them, fit all algorithms of their kind. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
        "Ed25519"
      })
  void everyAsymmetricAlgorithmIsVerified(String algorithm) throws Exception {
    JwtSigner signer = JwtSigner.of(algorithm, "key");
    try (JwtFixture other = new JwtFixture()) {
      other.as.at(
          "/jwks",
          FakeAuthorizationServer.json(200, JwtSigner.jwksOf(signer.jwk(Map.of("kid", "key")))));

      assertThat(other.verify(other.accessToken(signer).signed()))
          .isInstanceOf(VerificationResult.Active.class);
      assertThat(
              JwtFixture.word(other.verify(changedSignature(other.accessToken(signer).signed()))))
          .isEqualTo("signature");
    }
  }

  /** Changes the first byte of the signature. */
  private static String changedSignature(String token) {
    int at = token.lastIndexOf('.') + 1;
    return token.substring(0, at) + (token.charAt(at) == 'A' ? 'B' : 'A') + token.substring(at + 1);
  }

  @Test
  void theClaimsAreRead() {
    TokenClaims claims = active(fixture.accessToken(RSA).claim("x", List.of(1)));

    assertThat(claims.subject()).isEqualTo("alice");
    assertThat(claims.clientId()).isEqualTo("app");
    assertThat(claims.issuer()).isEqualTo(fixture.as.issuer());
    assertThat(claims.audience()).containsExactly(JwtFixture.MCP);
    assertThat(claims.scopes()).containsExactly("mcp:use");
    assertThat(claims.expiresAt()).isEqualTo(ManualClock.NOW.plusSeconds(60));
    assertThat(claims.claims()).containsEntry("x", List.of(1)).containsKey("jti");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # clause               | changes of the header            | changes of the claims                          | result
          RFC 9068 §2.1          |                                  |                                                | active
          RFC 9068 §4 media type | "typ":"application/at+jwt"       |                                                | active
          RFC 9068 §4 case       | "typ":"AT+JWT"                   |                                                | active
          RFC 9068 §4 typ        | "typ":"id+jwt"                   |                                                | token_type
          RFC 9068 §4 typ DPoP   | "typ":"dpop+jwt"                 |                                                | token_type
          RFC 9701 §8.1          | "typ":"token-introspection+jwt"  |                                                | token_type
          RFC 9701 §8.1 disguise | "typ":"JWT"                      | "token_introspection":{"active":true}          | token_type
          logout token           | "typ":"logout+jwt"               |                                                | token_type
          logout token disguised | "typ":"JWT"                      | "events":{}                                    | token_type
          RFC 9068 §4 typ text   | "typ":1                          |                                                | jwt
          the word of a setting  | "typ":"absent"                   |                                                | token_type
          RFC 9068 §4 iss        |                                  | "iss":"https://other.example"                  | issuer
          RFC 9068 §4 iss slash  |                                  | "iss":"{issuer}/"                              | issuer
          RFC 9068 §4 no iss     |                                  | "iss":"-"                                      | issuer
          RFC 9068 §4 iss list   |                                  | "iss":["{issuer}"]                             | jwt
          RFC 9068 §4 exp        |                                  | "exp":{now}                                    | expired
          RFC 9068 §4 no exp     |                                  | "exp":"-"                                      | jwt
          RFC 9068 §4 null exp   |                                  | "exp":null                                     | jwt
          RFC 9068 §4 text exp   |                                  | "exp":"1"                                      | jwt
          RFC 9068 §4 huge exp   |                                  | "exp":1e400                                    | jwt
          iat in the future      |                                  | "iat":{now+31}                                 | not_yet_valid
          iat within the skew    |                                  | "iat":{now+30}                                 | active
          iat text               |                                  | "iat":"1"                                      | jwt
          no iat                 |                                  | "iat":"-"                                      | active
          RFC 7515 §4.1.11 crit  | "crit":["exp"]                   |                                                | jwt
          crit that is empty     | "crit":[]                        |                                                | jwt
          RFC 7797 §3 b64        | "b64":true                       |                                                | jwt
          RFC 8725 §3.10 jku     | "jku":"https://evil.example"     |                                                | jwt
          RFC 8725 §3.10 x5u     | "x5u":"https://evil.example"     |                                                | jwt
          RFC 8725 §3.10 jwk     | "jwk":{}                         |                                                | jwt
          RFC 8725 §3.10 x5c     | "x5c":[]                         |                                                | jwt
          null is present        | "jwk":null                       |                                                | jwt
          RFC 7516 §4.1.2 enc    | "enc":"A128GCM"                  |                                                | jwt
          compressed             | "zip":"DEF"                      |                                                | jwt
          RFC 7519 §5.2 nested   | "cty":"JWT"                      |                                                | jwt
          nested, media type     | "cty":"application/jwt"          |                                                | jwt
          another content type   | "cty":"json"                     |                                                | active
          unknown parameters     | "x5t":"a","x5t#S256":"b","n":1   |                                                | active
          RFC 8725 §3.2 none     | "alg":"none"                     |                                                | jwt
          none in capitals       | "alg":"None"                     |                                                | jwt
          HMAC                   | "alg":"HS256"                    |                                                | jwt
          no alg                 | "alg":"-"                        |                                                | jwt
          alg text               | "alg":["RS256"]                  |                                                | jwt
          alg in lower case      | "alg":"rs256"                    |                                                | jwt
          §3.1 alg of the key    | "alg":"RS384"                    |                                                | signature
          §3.1 alg of its kind   | "alg":"PS256"                    |                                                | signature
          §3.1 another kind      | "alg":"ES256"                    |                                                | signature
          another key            | "kid":"ec256"                    |                                                | signature
          no kid                 | "kid":"-"                        |                                                | active
          kid number             | "kid":1                          |                                                | jwt
          Keycloak               | "typ":"JWT"                      | "client_id":"-","azp":"a","typ":"Bearer"       | active
          Keycloak, no scope     | "typ":"JWT"                      | "client_id":"-","scope":"-","typ":"Bearer"     | active
          Entra ID v2            | "typ":"JWT"                      | "client_id":"-","scope":"-","scp":"a","ver":2  | active
          Entra ID v1 of an app  | "typ":"JWT"                      | "client_id":"-","scope":"-","appid":"a"        | active
          Auth0 of an app        | "typ":"JWT"                      | "client_id":"-","scope":"-","gty":"a"          | active
          Okta                   | "typ":"-"                        | "client_id":"-","scope":"-","scp":["a"]        | active
          Cognito                | "typ":"-"                        | "aud":"-","token_use":"access"                 | active
          ID token               | "typ":"JWT"                      | "client_id":"-","scope":"-","azp":"app"        | token_type
          ID token with nonce    | "typ":"JWT"                      | "scope":"-","nonce":"a"                        | token_type
          ID token with at_hash  | "typ":"-"                        | "scope":"-","at_hash":"a"                      | token_type
          empty scope            | "typ":"-"                        | "scope":"","nonce":"a"                         | token_type
          nonce and scope        | "typ":"JWT"                      | "nonce":"a"                                    | active
          scope number           |                                  | "scope":1                                      | jwt
          sub number             |                                  | "sub":1                                        | jwt
          aud number             |                                  | "aud":1                                        | jwt
          no sub                 |                                  | "sub":"-"                                      | active
          """)
  void theResultIs(String clause, String header, String claims, String result) {
    String token =
        fixture
            .accessToken(RSA)
            .change(header == null ? "" : header, claims == null ? "" : resolved(claims))
            .signed();

    assertThat(JwtFixture.word(fixture.verify(token))).isEqualTo(result);
  }

  private static String resolved(String text) {
    long now = ManualClock.NOW.getEpochSecond();
    return text.replace("{issuer}", fixture.as.issuer())
        .replace("{now}", Long.toString(now))
        .replace("{now+30}", Long.toString(now + 30))
        .replace("{now+31}", Long.toString(now + 31));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "scope":"a b"                                   | [a, b]
          "scope":["a","b"]                               | [a, b]
          "scope":"-","scp":"a b"                         | [a, b]
          "scope":"-","scp":["a","b"]                     | [a, b]
          "scope":"a","scp":"b"                           | [a]
          "scope":"a","realm_access":{"roles":["r s","t"]} | [a, t]
          "scope":"a","realm_access":{"roles":"r s"}      | [a, r, s]
          "scope":"a","realm_access":{}                   | [a]
          "scope":"a","realm_access":"x"                  | [a]
          "scope":"a","realm_access.roles":"r"            | [a, r]
          "scope":"a","https://app.example/roles":["r",1] | [a, r]
          "scope":"-"                                     | []
          """)
  void theScopesAre(String changes, String scopes) throws Exception {
    JwtSettings settings =
        new JwtSettings(
            null,
            EnumSet.of(SignatureAlgorithm.RS256),
            Set.of("at+jwt"),
            List.of("realm_access.roles", "https://app.example/roles"));
    try (JwtFixture other = new JwtFixture(settings, Duration.ofSeconds(5), RSA)) {
      VerificationResult result = other.verify(other.accessToken(RSA).change("", changes).signed());

      assertThat(result).isInstanceOf(VerificationResult.Active.class);
      assertThat(((VerificationResult.Active) result).claims().scopes().stream().sorted().toList())
          .hasToString(scopes);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "azp":"b"                                   | app
          "client_id":"-","azp":"b","cid":"c"         | b
          "client_id":"-","cid":"c","appid":"d"       | c
          "client_id":"-","appid":"d"                 | d
          "client_id":"-"                             |
          """)
  void theClientIs(String changes, String client) {
    assertThat(active(fixture.accessToken(RSA).change("", changes)).clientId()).isEqualTo(client);
  }

  @Test
  void anAlgorithmOrTypeThatIsNotConfiguredIsRefused() throws Exception {
    JwtSettings settings =
        new JwtSettings(null, EnumSet.of(SignatureAlgorithm.RS256), Set.of("at+jwt"), List.of());
    JwtSigner ec = JwtSigner.of("ES256", "ec256");
    try (JwtFixture other = new JwtFixture(settings, Duration.ofSeconds(5), RSA, ec)) {
      assertThat(JwtFixture.word(other.verify(other.accessToken(RSA).signed())))
          .isEqualTo("active");
      assertThat(JwtFixture.word(other.verify(other.accessToken(ec).signed()))).isEqualTo("jwt");
      assertThat(
              JwtFixture.word(other.verify(other.accessToken(RSA).header("typ", "JWT").signed())))
          .isEqualTo("token_type");
      assertThat(
              JwtFixture.word(other.verify(other.accessToken(RSA).withoutHeader("typ").signed())))
          .isEqualTo("token_type");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "eyJhbGciOiJub25lIn0.e30., true",
    "eyJhbGciOiJub25lIn0.e30.c2ln, true",
    "ewogICJhbGciOiJub25lIn0.e30.c2ln, true",
    "eyJhbGciOiJub25lIn0.e30, false",
    "eyJ.a.b.c.d, false",
    "a.b.c, false",
    "e, false",
    "eyJ, false",
    "mF_9.B5f-4.1JqM, false",
  })
  void theFormOfAJwtIsRecognized(String token, boolean jwt) {
    assertThat(JwtVerifier.isJwt(new BearerToken(token))).isEqualTo(jwt);
  }

  @Test
  void theDetailOfAnEncryptedTokenSaysSo() {
    assertThat(fixture.verify("eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d"))
        .isInstanceOfSatisfying(
            VerificationResult.Inactive.class,
            inactive -> assertThat(inactive.detail()).contains("encrypted"));
  }
}
