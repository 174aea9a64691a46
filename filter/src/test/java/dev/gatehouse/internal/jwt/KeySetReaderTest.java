package dev.gatehouse.internal.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.internal.discovery.UnusableResponseException;
import dev.gatehouse.testing.JwtSigner;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys of a JWK set are used (RFC 7517 §4 and §5, RFC 7518 §6). */
class KeySetReaderTest {

  private static final Set<SignatureAlgorithm> ALL = EnumSet.allOf(SignatureAlgorithm.class);

  private static final JwtSigner RSA = JwtSigner.of("RS256", "rsa");
  private static final JwtSigner EC = JwtSigner.of("ES256", "ec256");

  /** What is wrong with a key, beside one that is usable. */
  private static String problem(String jwk) throws UnusableResponseException {
    KeySet set = KeySetReader.read(JwtSigner.jwksOf(RSA.jwk(), jwk), ALL);
    assertThat(set.keys()).hasSize(2 - set.ignored().size());
    return set.ignored().isEmpty() ? "none" : set.ignored().get(0);
  }

  private static String changed(JwtSigner signer, String from, String to) {
    String jwk = signer.jwk(Map.of("kid", "a"));
    String changed = jwk.replaceFirst(from, to);
    assertThat(changed).isNotEqualTo(jwk);
    return changed;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
        "Ed25519"
      })
  void aKeyOfEachAlgorithmIsUsedWithIt(String algorithm) throws Exception {
    KeySet set = KeySetReader.read(JwtSigner.jwks(JwtSigner.of(algorithm, "key")), ALL);

    assertThat(set.ids()).containsExactly("key");
    assertThat(set.algorithms())
        .isEqualTo(
            algorithm.startsWith("Ed")
                ? java.util.List.of(SignatureAlgorithm.EDDSA, SignatureAlgorithm.ED25519)
                : java.util.List.of(SignatureAlgorithm.named(algorithm)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"kty":"oct","k":"AAAA","kid":"a"}           | a: the key is not public: it has k
          {"kty":"RSA","d":"AAAA"}                     | without?kid: the key is not public: it has d
          {"kty":"X","kid":"a"}                        | a: its kty is not known
          {"kid":"a"}                                  | a: its kty is not known
          {"kty":1,"kid":"a"}                          | a: its kty is not a string
          {"kty":"RSA","kid":1}                        | 1: its kid is not a string
          {"kty":"RSA","kid":"a"}                      | a: its n is missing or not canonical Base64url
          {"kty":"RSA","kid":"a","n":"AB","e":"AQAB"}  | a: its n is missing or not canonical Base64url
          {"kty":"RSA","kid":"a","n":"AQ","e":"AQAB"}  | a: RSA with 1 bits, not 2048 to 8192
          {"kty":"EC","kid":"a","crv":"secp256k1"}     | a: its crv is not known
          {"kty":"OKP","kid":"a","crv":"Ed448"}        | a: its crv is not known
          {"kty":"OKP","kid":"a","crv":"Ed25519","x":"AAAA"} | a: its x has not 32 bytes
          {"kty":"OKP","kid":"a","crv":"X25519","x":"AAAA"} | a: its crv is not known
          1                                            | without?kid: not an object
          """)
  void otherKeysAreIgnored(String jwk, String problem) throws Exception {
    assertThat(problem(jwk)).isEqualTo(problem);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          use     | enc      | a: its use is not sig
          use     | sig      | none
          alg     | RSA-OAEP | a: its alg is not supported
          alg     | HS256    | a: its alg is not supported
          alg     | ES256    | a: its alg does not fit the kind of key
          alg     | PS512    | none
          key_ops | verify   | a: its key_ops lack verify
          x5t     | AAAA     | none
          d       | AAAA     | a: the key is not public: it has d
          """)
  void aKeyForAnotherUseIsIgnored(String member, String value, String problem) throws Exception {
    assertThat(problem(RSA.jwk(Map.of("kid", "a", member, value)))).isEqualTo(problem);
  }

  @Test
  void theOperationsOfAKeyMustContainVerify() throws Exception {
    assertThat(problem(changed(EC, "\"kty\"", "\"key_ops\":[\"sign\"],\"kty\"")))
        .isEqualTo("a: its key_ops lack verify");
    assertThat(problem(changed(EC, "\"kty\"", "\"key_ops\":[\"sign\",\"verify\"],\"kty\"")))
        .isEqualTo("none");
  }

  @Test
  void aKeyThatIsTooShortOrTooLongIsIgnored() throws Exception {
    assertThat(problem(JwtSigner.ofSize(2040, "RS256", "a").jwk()))
        .isEqualTo("a: RSA with 2040 bits, not 2048 to 8192");
    String longKey = "\"n\":\"" + JwtSigner.base64(filled(1025)) + "\",";
    assertThat(problem(changed(RSA, "\"n\":\"[^\"]*\",", longKey)))
        .isEqualTo("a: RSA with 8200 bits, not 2048 to 8192");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AQ", "Ag", "AwAAAAE", "AQAAAQAB"})
  void anRsaKeyWithAnUnusualExponentIsIgnored(String exponent) throws Exception {
    assertThat(problem(changed(RSA, "AQAB", exponent)))
        .isEqualTo("a: RSA with an unusual modulus or exponent");
  }

  @Test
  void anRsaKeyWithAnEvenModulusIsIgnored() throws Exception {
    byte[] even = filled(256);
    even[255] = 2;
    assertThat(
            problem(changed(RSA, "\"n\":\"[^\"]*\"", "\"n\":\"" + JwtSigner.base64(even) + "\"")))
        .isEqualTo("a: RSA with an unusual modulus or exponent");
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) 0xff);
    return bytes;
  }

  @Test
  void aPointThatIsNotOnTheCurveIsIgnored() throws Exception {
    String zero = JwtSigner.base64(new byte[32]);
    String problem = "a: not a point on its curve";
    assertThat(problem(changed(EC, "\"x\":\"[^\"]*\"", "\"x\":\"" + zero + "\"")))
        .isEqualTo(problem);
    assertThat(problem(changed(EC, "\"y\":\"[^\"]*\"", "\"y\":\"" + zero + "\"")))
        .isEqualTo(problem);
    assertThat(problem(changed(EC, "P-256", "P-384"))).isEqualTo(problem);
    assertThat(problem(changed(EC, "\"x\":\"", "\"x\":\"AAAA"))).isEqualTo(problem);
    assertThat(problem(changed(EC, "\"y\":\"", "\"y\":\"AAAA"))).isEqualTo(problem);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                       | not a JWK set: keys is missing or not an array
          []                       | not a JWK set: keys is missing or not an array
          {"keys":{}}              | not a JWK set: keys is missing or not an array
          {"keys":[],"keys":[]}    | not strict JSON: JsonParseException at character 17
          <html>                   | not strict JSON: JsonParseException at character 0
          {"keys":[]}              | the JWK set has no key for the accepted algorithms; ignored keys: []
          {"keys":[{"kty":"oct"}]} | the JWK set has no key for the accepted algorithms; ignored keys: [without?kid: its kty is not known]
          """)
  void otherSetsAreUnusable(String body, String problem) {
    assertThatThrownBy(() -> KeySetReader.read(body, ALL))
        .isInstanceOfSatisfying(
            UnusableResponseException.class, e -> assertThat(e.problem()).isEqualTo(problem));
  }

  @Test
  void aSetWithoutAKeyForTheAcceptedAlgorithmsIsUnusable() throws Exception {
    assertThat(KeySetReader.read(JwtSigner.jwks(EC), Set.of(SignatureAlgorithm.ES256)).ids())
        .containsExactly("ec256");
    assertThatThrownBy(
            () -> KeySetReader.read(JwtSigner.jwks(EC), Set.of(SignatureAlgorithm.RS256)))
        .isInstanceOf(UnusableResponseException.class);
  }

  @Test
  void aSetHasAtMostAHundredKeys() throws Exception {
    assertThat(KeySetReader.read(keys(100), ALL).keys()).hasSize(100);
    assertThatThrownBy(() -> KeySetReader.read(keys(101), ALL))
        .isInstanceOfSatisfying(
            UnusableResponseException.class,
            e -> assertThat(e.problem()).isEqualTo("the JWK set has more than 100 keys"));
  }

  private static String keys(int count) {
    return "{\"keys\":["
        + IntStream.range(0, count)
            .mapToObj(i -> EC.jwk(Map.of("kid", "k" + i)))
            .collect(Collectors.joining(","))
        + "]}";
  }
}
