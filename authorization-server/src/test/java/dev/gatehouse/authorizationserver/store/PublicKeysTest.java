package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    JWK rsa = new RSAKeyGenerator(2048).keyID("rsa").generate().toPublicJWK();
    JWK ec = keys(1)[0];

    assertThat(PublicKeys.areLegal(set(ec, rsa))).isTrue();
    assertThat(PublicKeys.parse(set(ec, rsa))).containsExactly(ec, rsa);
  }

  @Test
  void privateAndSymmetricKeysAreRefusedAlsoBesideLegalOnes() throws JOSEException {
    JWK symmetric = new OctetSequenceKeyGenerator(256).keyID("symmetric").generate();

    for (String jwks :
        List.of(
            set(EC),
            set(symmetric),
            set(keys(1)[0], new ECKey.Builder(EC).keyID("private").build()),
            set(keys(1)[0], symmetric))) {
      assertThat(PublicKeys.areLegal(jwks)).isFalse();
      assertThatThrownBy(() -> PublicKeys.parse(jwks))
          .isInstanceOf(ParseException.class)
          .hasMessage("a key that is not public, or neither RSA nor EC")
          .message()
          .doesNotContain(EC.toJSONString());
    }
  }

  @Test // RFC 7517 §5: such sets serve other purposes too
  void ofFetchedKeysThoseThatCannotBeUsedAreIgnored() throws JOSEException, ParseException {
    JWK usable = keys(1)[0];
    JWK encrypts =
        new ECKey.Builder(EC.toPublicJWK()).keyID("enc").keyUse(KeyUse.ENCRYPTION).build();
    JWK signs = new ECKey.Builder(EC.toPublicJWK()).keyID("sig").keyUse(KeyUse.SIGNATURE).build();
    JWK short1024 = new RSAKeyGenerator(1024, true).keyID("short").generate().toPublicJWK();
    String edwards =
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"key-0\","
            + "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
    String unknown = "{\"kty\":\"new\",\"kid\":\"key-0\"}";

    assertThat(
            PublicKeys.parseFetched(
                set(usable, encrypts, signs, short1024)
                    .replace("]}", "," + edwards + "," + unknown + "]}")))
        .containsExactly(usable, signs);
    assertThat(PublicKeys.parseFetched("{\"keys\":[" + edwards + "]}")).isEmpty();
    assertThat(PublicKeys.parseFetched(set(keys(16)))).hasSize(16);
    for (String refused :
        List.of(
            set(keys(17)),
            set(EC),
            set(usable, EC),
            set(usable, new OctetSequenceKeyGenerator(256).keyID("x").generate()),
            set(usable, usable),
            set(usable, EC.toPublicJWK()))) {
      assertThatThrownBy(() -> PublicKeys.parseFetched(refused)).isInstanceOf(ParseException.class);
    }
  }

  @Test
  void fourKeysAreTheMost() {
    assertThat(PublicKeys.areLegal(set(keys(4)))).isTrue();
    assertThat(PublicKeys.areLegal(set(keys(5)))).isFalse();
  }

  @Test // RFC 7517 §4.5
  void eachOfSeveralKeysHasAnIdOfItsOwn() {
    JWK without = EC.toPublicJWK();
    JWK blank = new ECKey.Builder(EC.toPublicJWK()).keyID(" ").build();

    assertThat(PublicKeys.areLegal(set(without))).isTrue();
    assertThat(PublicKeys.areLegal(set(keys(2)))).isTrue();
    assertThat(PublicKeys.areLegal(set(without, keys(1)[0]))).isFalse();
    assertThat(PublicKeys.areLegal(set(blank, keys(1)[0]))).isFalse();
    assertThat(PublicKeys.areLegal(set(keys(1)[0], keys(1)[0]))).isFalse();
  }

  @ParameterizedTest(name = "{0} bits, exponent {1}") // RFC 7518 §3.3, RFC 8017 §3.1
  @CsvSource({
    "2048, 65537, true",
    "2048, 3, true",
    "3072, 65537, true",
    "4096, 4294967295, true",
    "2047, 65537, false",
    "1024, 65537, false",
    "4097, 65537, false",
    "8192, 65537, false",
    "2048, 4294967297, false",
    "2048, 36893488147419103233, false",
    "2048, 65536, false",
    "2048, 1, false",
    "2048, 0, false",
    "0, 0, false",
  })
  void anRsaKeyIsStrongAndCheap(int bits, BigInteger exponent, boolean legal) {
    BigInteger modulus =
        bits == 0
            ? BigInteger.ZERO
            : BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.TWO.pow(9));
    JWK key = new RSAKey.Builder(Base64URL.encode(modulus), Base64URL.encode(exponent)).build();

    assertThat(PublicKeys.areLegal(set(key))).isEqualTo(legal);
  }

  @Test // the length of the text is not that of the number
  void zerosBeforeAnRsaKeyDoNotMakeItLonger() {
    byte[] padded = new byte[256];
    Arrays.fill(padded, 128, 256, (byte) 0xFF);
    JWK key = new RSAKey.Builder(Base64URL.encode(padded), Base64URL.from("AQAB")).build();

    assertThat(PublicKeys.areLegal(set(key))).isFalse();
  }

  private static JWK[] keys(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new ECKey.Builder(EC.toPublicJWK()).keyID("key-" + i).build())
        .toArray(JWK[]::new);
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
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"oth\":[{}]}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"\"}]}",
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
