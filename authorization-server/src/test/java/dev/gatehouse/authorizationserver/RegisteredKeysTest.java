package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.math.BigInteger;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that a client registers: this server pays for their use. */
class RegisteredKeysTest {
  private final TurnedClock clock = new TurnedClock();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) -> Demo.withUsers(origin).clock(clock).build().register(context));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          one key                            | 1  | 2048 | 65537          | 201
          four keys of the greatest size     | 4  | 4096 | 4294967295     | 201
          five keys                          | 5  | 2048 | 65537          | 400
          fifteen large keys                 | 15 | 4096 | 65537          | 400
          a key that is too short            | 1  | 2047 | 65537          | 400
          a key that is too long             | 1  | 4097 | 65537          | 400
          an exponent that is too long       | 1  | 2048 | 4294967297     | 400
          an exponent that everyone can sign with | 1 | 2048 | 1          | 400
          """)
  void rsaKeysAreFewStrongAndCheap(
      String what, int count, int bits, BigInteger exponent, int status) {
    BigInteger modulus = BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);

    HttpResponse<String> response =
        register(
            keys(
                count,
                i ->
                    new RSAKey.Builder(Base64URL.encode(modulus), Base64URL.encode(exponent))
                        .keyID("key-" + i)
                        .build()));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(json(response).get("error"))
        .isEqualTo(status == 400 ? "invalid_client_metadata" : null);
  }

  @Test // RFC 7517 §4.5
  void severalKeysNeedIdsOfTheirOwn() {
    assertThat(register(keys(1, i -> ec(null))).statusCode()).isEqualTo(201);
    assertThat(register(keys(2, i -> ec("key-" + i))).statusCode()).isEqualTo(201);
    assertThat(register(keys(2, i -> ec(null))).statusCode()).isEqualTo(400);
    assertThat(register(keys(2, i -> ec("same"))).statusCode()).isEqualTo(400);
    assertThat(register(keys(2, i -> ec(i == 0 ? "key" : null))).statusCode()).isEqualTo(400);
  }

  @Test // OpenID Connect Core §10.1
  void anAssertionNamesItsKeyIfThereAreSeveral() {
    List<ECKey> keys = IntStream.range(0, 4).mapToObj(i -> ec("key-" + i)).toList();
    String clientId = text(register(new JWKSet(List.copyOf(keys))), "client_id");

    // The client is authenticated: the error is that of its refresh token.
    assertThat(refresh(clientId, keys.get(3), "key-3")).isEqualTo("invalid_grant");
    assertThat(refresh(clientId, keys.get(3), "key-0")).isEqualTo("invalid_client");
    assertThat(refresh(clientId, keys.get(3), null)).isEqualTo("invalid_client");
  }

  private String refresh(String clientId, ECKey key, @Nullable String keyId) {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(clientId)
            .subject(clientId)
            .audience(server.origin())
            .expirationTime(Date.from(clock.instant().plusSeconds(60)))
            .jwtID(UUID.randomUUID().toString())
            .build();
    SignedJWT assertion =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(keyId).build(), claims);
    try {
      assertion.sign(new ECDSASigner(key));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
    return text(
        server.post(
            Demo.TOKEN,
            "grant_type=refresh_token&refresh_token=x&client_assertion_type="
                + encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                + "&client_assertion="
                + assertion.serialize()),
        "error");
  }

  private static JWKSet keys(int count, IntFunction<? extends JWK> key) {
    return new JWKSet(IntStream.range(0, count).<JWK>mapToObj(key).toList());
  }

  private static ECKey ec(@Nullable String keyId) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(keyId).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private HttpResponse<String> register(JWKSet keys) {
    return server.send(
        server
            .request("/oauth/register")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"redirect_uris\":[\"https://app.example.com/\"],"
                        + "\"token_endpoint_auth_method\":\"private_key_jwt\",\"jwks\":"
                        + keys.toPublicJWKSet()
                        + "}")));
  }
}
