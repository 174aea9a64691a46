package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.text.ParseException;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7517. */
class PublicKeysTest {
  private static final ECKey EC = generate();

  private static ECKey generate() {
    try {
      return new ECKeyGenerator(Curve.P_256).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static String set(JWK... keys) {
    return new JWKSet(List.of(keys)).toString(false);
  }

  @Test
  void publicRsaAndEcKeysAreLegal() throws JOSEException, ParseException {
    JWK rsa = new RSAKeyGenerator(2048).generate().toPublicJWK();

    assertThat(PublicKeys.areLegal(set(EC.toPublicJWK(), rsa))).isTrue();
    assertThat(PublicKeys.parse(set(EC.toPublicJWK(), rsa))).containsExactly(EC.toPublicJWK(), rsa);
  }

  @Test
  void privateAndSymmetricKeysAreRefusedAlsoBesideLegalOnes() throws JOSEException {
    JWK symmetric = new OctetSequenceKeyGenerator(256).generate();

    for (String jwks :
        List.of(
            set(EC), set(symmetric), set(EC.toPublicJWK(), EC), set(EC.toPublicJWK(), symmetric))) {
      assertThat(PublicKeys.areLegal(jwks)).isFalse();
      assertThatThrownBy(() -> PublicKeys.parse(jwks))
          .isInstanceOf(ParseException.class)
          .hasMessage("a key that is not public, or neither RSA nor EC")
          .message()
          .doesNotContain(EC.toJSONString());
    }
  }

  @Test
  void twentyKeysAreTheMost() {
    JWK key = EC.toPublicJWK();

    assertThat(PublicKeys.areLegal(set(Collections.nCopies(20, key).toArray(new JWK[0])))).isTrue();
    assertThat(PublicKeys.areLegal(set(Collections.nCopies(21, key).toArray(new JWK[0]))))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "{}",
        "x",
        "{\"keys\":null}",
        "{\"keys\":{}}",
        "{\"keys\":[]}",
        "{\"keys\":[null]}",
        "{\"keys\":[1]}",
        "{\"keys\":[{}]}",
        "{\"keys\":[{\"kty\":null}]}",
        "{\"keys\":[{\"kty\":\"unknown\"}]}",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-0\",\"x\":\"AA\",\"y\":\"AA\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\"}]}",
      })
  void whatIsNoSetOfPublicKeysIsIllegal(String jwks) {
    assertThat(PublicKeys.areLegal(jwks)).isFalse();
  }

  @RepeatedTest(4)
  void noTextThrowsAnything(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    String legal = set(EC.toPublicJWK());
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder(legal);
      for (int changes = random.nextInt(3); changes >= 0; changes--) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + random.nextInt(10));
        text.replace(
            at,
            end,
            List.of("", "null", "\"", "[", "{}", "\u0000", "\ud83d").get(random.nextInt(7)));
      }
      // An exception fails the test.
      if (PublicKeys.areLegal(text.toString())) {
        assertThat(RegisteredClient.builder("c").jwks(text.toString()).build().jwks()).isPresent();
      }
    }
  }
}
