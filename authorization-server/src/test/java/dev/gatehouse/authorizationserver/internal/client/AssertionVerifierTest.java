package dev.gatehouse.authorizationserver.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.store.memory.InMemoryReplayGuard;
import dev.gatehouse.authorizationserver.store.memory.InMemoryTokenStore;
import dev.gatehouse.authorizationserver.testing.ManyThreads;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7523 §3, clause by clause. */
class AssertionVerifierTest {
  private static final String ISSUER = "https://login.example.com";
  private static final URI TOKEN = URI.create(ISSUER + "/oauth/token");
  private static final URI INTROSPECT = URI.create(ISSUER + "/oauth/introspect");
  private static final ECKey KEY = ecKey(Curve.P_256);
  private static final ECKey OTHER_KEY = ecKey(Curve.P_256);
  private static final RSAKey RSA = rsaKey();

  private final TurnedClock clock = new TurnedClock();
  private final AssertionVerifier verifier =
      new AssertionVerifier(
          ISSUER,
          List.of(TOKEN, INTROSPECT),
          KeysByAddress.atPublicAddresses(InMemoryRateLimit.factory(), clock),
          new InMemoryReplayGuard(clock),
          clock);
  private final RegisteredClient client = client(KEY, RSA);

  /** The claims of an assertion that is accepted. */
  private JWTClaimsSet.Builder claims(String id) {
    return new JWTClaimsSet.Builder()
        .issuer("client")
        .subject("client")
        .audience(ISSUER)
        .expirationTime(date(Duration.ofMinutes(1)))
        .jwtID(id);
  }

  @ParameterizedTest(name = "{0}") // RFC 7523 §3, items 1 to 3
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the issuer                        | client  | client | https://login.example.com                  | true
          the token endpoint                | client  | client | https://login.example.com/oauth/token      | true
          the introspection endpoint        | client  | client | https://login.example.com/oauth/introspect | true
          this server among others          | client  | client | https://x.example.com https://login.example.com | true
          another server                    | client  | client | https://x.example.com                      | false
          an endpoint that takes no clients | client  | client | https://login.example.com/oauth/authorize  | false
          the issuer with a slash           | client  | client | https://login.example.com/                 | false
          the issuer in upper case          | client  | client | HTTPS://LOGIN.EXAMPLE.COM                  | false
          another server below this name    | client  | client | https://login.example.com.evil.example     | false
          issued by another client          | another | client | https://login.example.com                  | false
          about another client              | client  | another | https://login.example.com                 | false
          both of another client            | another | another | https://login.example.com                 | false
          a client id in another case       | Client  | client | https://login.example.com                  | false
          """)
  void issuerSubjectAndAudienceMustFit(
      String what, String issuer, String subject, String audience, boolean accepted) {
    assertThat(
            verify(
                claims("id")
                    .issuer(issuer)
                    .subject(subject)
                    .audience(List.of(audience.split(" ", -1)))))
        .isEqualTo(accepted);
  }

  @ParameterizedTest(name = "expires in {0} s") // with a skew of a minute
  @CsvSource({
    "-3600, false",
    "-61, false",
    "-60, false",
    "-59, true",
    "0, true",
    "60, true",
    "600, true",
    "601, false",
    "86400, false"
  })
  void anAssertionExpiresSoonAndHasNotExpired(int seconds, boolean accepted) {
    assertThat(verify(claims("id").expirationTime(date(Duration.ofSeconds(seconds)))))
        .isEqualTo(accepted);
  }

  @Test
  void anAssertionIsRefusedInTheVeryInstantInWhichTheSkewIsOver() {
    PrivateKeyJWT one = sign(claims("one").build(), KEY);
    PrivateKeyJWT two = sign(claims("two").build(), KEY);

    clock.turn(Duration.ofMinutes(2).minusNanos(1));
    assertThat(verifier.verify(one, client)).isTrue();
    clock.turn(Duration.ofNanos(1));
    assertThat(verifier.verify(two, client)).isFalse();
  }

  @ParameterizedTest(name = "begins in {0} s") // RFC 7523 §3, item 5
  @CsvSource({"-3600, true", "0, true", "60, true", "61, false", "500, false"})
  void anAssertionMustHaveBegun(int seconds, boolean accepted) {
    assertThat(
            verify(
                claims("id")
                    .notBeforeTime(date(Duration.ofSeconds(seconds)))
                    .expirationTime(date(Duration.ofMinutes(10)))))
        .isEqualTo(accepted);
  }

  @Test // RFC 7523 §3, item 7: optional there, required here
  void anAssertionWithoutAnIdIsRefused() {
    assertThat(verify(claims("id").jwtID(null))).isFalse();
  }

  @Test
  void anAssertionIsAcceptedOnceAndItsReplayRefusedForAsLongAsItWouldBeValid() {
    PrivateKeyJWT assertion = sign(claims("id").build(), KEY);

    assertThat(verifier.verify(assertion, client)).isTrue();
    assertThat(verifier.verify(assertion, client)).isFalse();
    for (int i = 0; i < 130; i++) {
      clock.turn(Duration.ofSeconds(1));
      assertThat(verifier.verify(assertion, client)).as("%s s later", i + 1).isFalse();
    }
  }

  @Test // the sweep of a store runs at any time, also in the last moment
  void aSweepDoesNotOpenTheDoorToAReplay() {
    InMemoryTokenStore store = new InMemoryTokenStore();
    AssertionVerifier swept =
        new AssertionVerifier(
            ISSUER,
            List.of(),
            KeysByAddress.atPublicAddresses(InMemoryRateLimit.factory(), clock),
            store,
            clock);
    PrivateKeyJWT assertion = sign(claims("id").build(), KEY);
    assertThat(swept.verify(assertion, client)).isTrue();

    clock.turn(Duration.ofMinutes(2).minusNanos(1));
    store.sweep(clock.instant());
    assertThat(swept.verify(assertion, client)).isFalse();
    clock.turn(Duration.ofNanos(1));
    store.sweep(clock.instant());
    assertThat(swept.verify(assertion, client)).isFalse();
  }

  @Test
  void theSameIdOfTwoClientsIsNoReplay() {
    RegisteredClient other =
        RegisteredClient.builder("other").jwks(new JWKSet(OTHER_KEY).toString()).build();

    assertThat(verify(claims("id"))).isTrue();
    assertThat(
            verifier.verify(
                sign(claims("id").issuer("other").subject("other").build(), OTHER_KEY), other))
        .isTrue();
  }

  @Test // otherwise a caller could use up the ids of a client whose key it does not have
  void aForgedAssertionDoesNotUseUpItsId() throws JOSEException {
    PrivateKeyJWT forged =
        sign(header("ES256", KEY.getKeyID()), claims("id").build(), new ECDSASigner(OTHER_KEY));

    assertThat(verifier.verify(forged, client)).isFalse();
    assertThat(verify(claims("id"))).isTrue();
  }

  @Test
  void neitherDoesAnAssertionForAnotherServerOrAnExpiredOne() {
    assertThat(verify(claims("id").audience("https://x.example.com"))).isFalse();
    assertThat(verify(claims("id").expirationTime(date(Duration.ofHours(-1))))).isFalse();
    assertThat(verify(claims("id"))).isTrue();
  }

  @Test
  void oneAssertionIsAcceptedOnceHoweverManyCallersSendItAtOnce() {
    for (int round = 0; round < 50; round++) {
      JWTClaimsSet claims = claims("id-" + round).build();
      String serialized = sign(claims, KEY).getClientAssertion().serialize();

      List<Boolean> results =
          ManyThreads.atOnce(
              i -> () -> verifier.verify(new PrivateKeyJWT(SignedJWT.parse(serialized)), client));

      assertThat(results).containsOnlyOnce(true);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
  void eachRsaAlgorithmThatTheMetadataListsIsAccepted(String algorithm) throws JOSEException {
    assertThat(
            verifier.verify(
                sign(
                    header(algorithm, RSA.getKeyID()), claims("id").build(), new RSASSASigner(RSA)),
                client))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({"ES256, P-256", "ES384, P-384", "ES512, P-521"})
  void eachEcAlgorithmThatTheMetadataListsIsAccepted(String algorithm, String curve)
      throws JOSEException {
    ECKey key = ecKey(Curve.parse(curve));

    assertThat(
            verifier.verify(
                sign(header(algorithm, null), claims("id").build(), new ECDSASigner(key)),
                client(key)))
        .isTrue();
  }

  @Test // the classic confusion: the public key, which everyone knows, used as a shared secret
  void aMacWithThePublicKeyIsRefused() throws JOSEException {
    byte[] publicKey = RSA.toRSAPublicKey().getEncoded();
    byte[] padded = Arrays.copyOf(publicKey, Math.max(publicKey.length, 64));

    // PrivateKeyJWT itself refuses such an algorithm, so nothing reaches the verifier.
    SignedJWT assertion = new SignedJWT(header("HS256", null), claims("id").build());
    assertion.sign(new MACSigner(padded));
    assertThat(throwsIllegalArgument(() -> new PrivateKeyJWT(assertion))).isTrue();
  }

  @Test
  void theKeyIdOfTheHeaderSelectsTheKey() throws JOSEException {
    RegisteredClient both = client(OTHER_KEY, KEY);

    assertThat(verifySigned(both, header("ES256", KEY.getKeyID()), KEY, "1")).isTrue();
    assertThat(verifySigned(both, header("ES256", OTHER_KEY.getKeyID()), KEY, "3")).isFalse();
    assertThat(verifySigned(both, header("ES256", "unknown"), KEY, "4")).isFalse();
  }

  @Test // OpenID Connect Core §10.1
  void theHeaderMayOmitTheKeyIdOnlyIfThereIsOneKey() throws JOSEException {
    assertThat(verifySigned(client(KEY), header("ES256", null), KEY, "1")).isTrue();
    assertThat(verifySigned(client(OTHER_KEY, KEY), header("ES256", null), KEY, "2")).isFalse();
    assertThat(verifySigned(client(KEY, RSA), header("ES256", null), KEY, "3")).isFalse();
  }

  @Test // RFC 7517 §4.2
  void aKeyForEncryptionVerifiesNothing() {
    ECKey encryption = new ECKey.Builder(KEY).keyUse(KeyUse.ENCRYPTION).build();

    assertThat(verifier.verify(sign(claims("id").build(), KEY), client(encryption))).isFalse();
  }

  @Test // RFC 7515 §4.1.11
  void aCriticalHeaderThatIsNotKnownIsRefused() throws JOSEException {
    JWSHeader critical =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .keyID(KEY.getKeyID())
            .criticalParams(Set.of("x-unknown"))
            .customParam("x-unknown", true)
            .build();

    assertThat(verifySigned(client, critical, KEY, "id")).isFalse();
  }

  @Test // RFC 7515 §4.1.3, §4.1.2: a key that the caller itself supplies
  void aKeyInTheHeaderIsNotTrusted() throws JOSEException {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .keyID(KEY.getKeyID())
            .jwk(OTHER_KEY.toPublicJWK())
            .jwkURL(URI.create("https://evil.example.com/jwks"))
            .build();

    assertThat(verifySigned(client, header, OTHER_KEY, "id")).isFalse();
  }

  @Test
  void aClientWithoutKeysCannotSign() {
    RegisteredClient secret = RegisteredClient.builder("client").secret("secret").build();

    assertThat(verifier.verify(sign(claims("id").build(), KEY), secret)).isFalse();
  }

  @Test
  void aChangedClaimBreaksTheSignature() throws Exception {
    String[] genuine =
        sign(claims("id").build(), KEY).getClientAssertion().serialize().split("\\.", -1);
    String[] other =
        sign(claims("other").build(), OTHER_KEY).getClientAssertion().serialize().split("\\.", -1);
    SignedJWT mixed = SignedJWT.parse(genuine[0] + "." + other[1] + "." + genuine[2]);

    assertThat(verifier.verify(new PrivateKeyJWT(mixed), client)).isFalse();
  }

  private boolean verify(JWTClaimsSet.Builder claims) {
    return verifier.verify(sign(claims.build(), KEY), client);
  }

  private boolean verifySigned(RegisteredClient by, JWSHeader header, ECKey key, String id)
      throws JOSEException {
    return verifier.verify(sign(header, claims(id).build(), new ECDSASigner(key)), by);
  }

  private static PrivateKeyJWT sign(JWTClaimsSet claims, ECKey key) {
    try {
      return sign(header("ES256", key.getKeyID()), claims, new ECDSASigner(key));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static PrivateKeyJWT sign(JWSHeader header, JWTClaimsSet claims, JWSSigner signer)
      throws JOSEException {
    SignedJWT jwt = new SignedJWT(header, claims);
    jwt.sign(signer);
    return new PrivateKeyJWT(jwt);
  }

  private static JWSHeader header(String algorithm, @Nullable String keyId) {
    return new JWSHeader.Builder(JWSAlgorithm.parse(algorithm)).keyID(keyId).build();
  }

  private static boolean throwsIllegalArgument(Runnable action) {
    try {
      action.run();
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static RegisteredClient client(JWK... keys) {
    return RegisteredClient.builder("client")
        .jwks(new JWKSet(List.of(keys)).toString(true))
        .build();
  }

  private Date date(Duration fromNow) {
    return Date.from(clock.instant().plus(fromNow));
  }

  private static ECKey ecKey(Curve curve) {
    try {
      return new ECKeyGenerator(curve).keyIDFromThumbprint(true).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static RSAKey rsaKey() {
    try {
      return new RSAKeyGenerator(2048).keyIDFromThumbprint(true).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }
}
