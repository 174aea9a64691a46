package dev.gatehouse.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Scheme;
import dev.gatehouse.testing.DpopKey;
import dev.gatehouse.testing.DpopKey.Proof;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The twelve checks of RFC 9449 §4.3, one after the other. */
class ProofClausesTest {

  private static final List<ProofAlgorithm> ALL = Arrays.asList(ProofAlgorithm.values());

  private static final DpopKey RSA_KEY = DpopKey.create("RS256");

  private final Fixture fixture = new Fixture();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "EdDSA",
        "Ed25519"
      })
  void aValidProofIsAcceptedWithEveryAlgorithm(String algorithm) {
    DpopKey key =
        algorithm.matches("[PR]S.*") ? RSA_KEY.with(algorithm) : DpopKey.create(algorithm);
    Fixture signing = new Fixture(key, ALL, false);

    assertThat(signing.outcome(signing.proof().sign())).isEqualTo("admitted");
  }

  private static Arguments row(String description, String outcome, Function<Proof, String> attack) {
    return Arguments.of(description, outcome, attack);
  }

  static Stream<Arguments> attacks() {
    DpopKey other = DpopKey.create();
    return Stream.of(
        // 2: a single, well-formed JWT
        row("2: two parts", "dpop_proof", p -> p.sign().replaceFirst("\\.[^.]*$", "")),
        row("2: four parts", "dpop_proof", p -> p.sign() + ".AAAA"),
        row("2: a trailing dot", "dpop_proof", p -> p.sign() + "."),
        row("2: padding", "dpop_proof", p -> p.sign() + "=="),
        row("2: white space", "dpop_proof", p -> p.sign().replaceFirst("\\.", ". ")),
        row("2: empty", "dpop_proof", p -> ""),
        row("2: no JSON", "dpop_proof", p -> "AAAA.AAAA.AAAA"),
        row("2: an array", "dpop_proof", p -> sign("[]", p.claimsJson())),
        row("2: two JSON values", "dpop_proof", p -> sign(p.headerJson(), p.claimsJson() + "1")),
        row(
            "2: a member twice",
            "dpop_proof",
            p -> sign(p.headerJson(), p.claimsJson().replaceFirst("\\{", "{\"htm\":\"POST\","))),
        row("2: too long", "dpop_proof", p -> p.claim("x", "x".repeat(8200)).sign()),
        // 3: all required claims
        row("3: no jti", "dpop_proof", p -> p.claim("jti", null).sign()),
        row("3: jti empty", "dpop_proof", p -> p.claim("jti", "").sign()),
        row("3: jti a number", "dpop_proof", p -> p.claim("jti", 7).sign()),
        row("3: no htm", "dpop_proof", p -> p.claim("htm", null).sign()),
        row("3: no htu", "dpop_proof", p -> p.claim("htu", null).sign()),
        row("3: no iat", "dpop_proof", p -> p.claim("iat", null).sign()),
        row("3: no ath", "dpop_proof", p -> p.claim("ath", null).sign()),
        // 4: typ
        row("4: no typ", "dpop_proof", p -> p.header("typ", null).sign()),
        row("4: typ JWT", "dpop_proof", p -> p.header("typ", "JWT").sign()),
        row("4: typ at+jwt", "dpop_proof", p -> p.header("typ", "at+jwt").sign()),
        // 5: an asymmetric algorithm that is accepted
        row("5: none", "dpop_proof", p -> p.header("alg", "none").withSignature(new byte[0])),
        row("5: none, signed", "dpop_proof", p -> p.header("alg", "none").sign()),
        row("5: HMAC", "dpop_proof", p -> p.header("alg", "HS256").withSignature(new byte[32])),
        row("5: an unknown one", "dpop_proof", p -> p.header("alg", "ES256K").sign()),
        row("5: no alg", "dpop_proof", p -> p.header("alg", null).sign()),
        row("5: of another key type", "dpop_proof", p -> p.header("alg", "RS256").sign()),
        row("5: of another curve", "dpop_proof", p -> p.header("alg", "ES384").sign()),
        row("5: in lower case", "dpop_proof", p -> p.header("alg", "es256").sign()),
        // 6: the signature verifies with the jwk
        row("6: another key's", "dpop_proof", p -> p.signedBy(other)),
        row("6: all zero", "dpop_proof", p -> p.withSignature(new byte[64])),
        row("6: r is zero", "dpop_proof", p -> p.withSignature(psychic(0, 1))),
        row("6: s is zero", "dpop_proof", p -> p.withSignature(psychic(1, 0))),
        row("6: too short", "dpop_proof", p -> p.withSignature(new byte[63])),
        row("6: empty", "dpop_proof", p -> p.withSignature(new byte[0])),
        row("6: of another proof", "dpop_proof", ProofClausesTest::swapped),
        row("6: no jwk", "dpop_proof", p -> p.header("jwk", null).sign()),
        row("6: jwk a string", "dpop_proof", p -> p.header("jwk", "x").sign()),
        row("6: another point", "dpop_key", p -> p.header("jwk", other.jwk()).sign()),
        row("6: for encryption", "dpop_proof", p -> p.jwk("use", "enc").sign()),
        row("6: for signing alone", "dpop_proof", p -> p.jwk("key_ops", List.of("sign")).sign()),
        row("6: for another alg", "dpop_proof", p -> p.jwk("alg", "ES384").sign()),
        row("6: of another type", "dpop_proof", p -> p.jwk("kty", "RSA").sign()),
        row("6: no x", "dpop_proof", p -> p.jwk("x", null).sign()),
        row("6: x too short", "dpop_proof", p -> p.jwk("x", "AAAA").sign()),
        row("6: critical extension", "dpop_proof", p -> p.header("crit", List.of("x")).sign()),
        row("6: another payload form", "dpop_proof", p -> p.header("b64", false).sign()),
        row("6: a key elsewhere", "dpop_proof", p -> p.header("jku", "https://x.example").sign()),
        row("6: a certificate", "dpop_proof", p -> p.header("x5c", List.of("AAAA")).sign()),
        // 7: no private key
        row("7: d", "dpop_proof", p -> p.jwk("d", p43("A")).sign()),
        row("7: k", "dpop_proof", p -> p.jwk("k", "AAAA").sign()),
        row("7: p", "dpop_proof", p -> p.jwk("p", "AAAA").sign()),
        // 8: htm
        row("8: another method", "dpop_proof", p -> p.claim("htm", "GET").sign()),
        row("8: in lower case", "dpop_proof", p -> p.claim("htm", "post").sign()),
        row("8: a list", "dpop_proof", p -> p.claim("htm", List.of("POST")).sign()),
        // 9: htu
        row("9: another path", "dpop_proof", p -> p.claim("htu", Fixture.MCP + "/x").sign()),
        row("9: another host", "dpop_proof", p -> p.claim("htu", "https://x.example/mcp").sign()),
        row(
            "9: another scheme",
            "dpop_proof",
            p -> p.claim("htu", "http://mcp.example/mcp").sign()),
        row(
            "9: another port",
            "dpop_proof",
            p -> p.claim("htu", "https://mcp.example:8/mcp").sign()),
        row("9: relative", "dpop_proof", p -> p.claim("htu", "/mcp").sign()),
        // 11: iat
        row("11: a string", "dpop_proof", p -> p.claim("iat", "1795220242").sign()),
        row("11: in milliseconds", "dpop_proof", p -> p.claim("iat", 1795220242000L).sign()),
        row("11: negative", "dpop_proof", p -> p.claim("iat", -1).sign()),
        row("11: exp has passed", "dpop_proof", p -> p.claim("exp", 1795220242).sign()),
        row("11: exp a string", "dpop_proof", p -> p.claim("exp", "never").sign()),
        row("11: nbf to come", "dpop_proof", p -> p.claim("nbf", 1795220273).sign()),
        // 12: ath, and the token's key
        row("12: another token's", "dpop_proof", p -> p.claim("ath", p43("B")).sign()),
        row("12: in hex", "dpop_proof", p -> p.claim("ath", "ab".repeat(32)).sign()),
        row("12: another key's", "dpop_key", p -> p.header("jwk", other.jwk()).signedBy(other)));
  }

  /** A text of 43 characters, as a hash or coordinate of 32 bytes has. */
  private static String p43(String first) {
    return first + "A".repeat(42);
  }

  private static String sign(String header, String payload) {
    return DpopKey.create().sign(header, payload);
  }

  /** CVE-2022-21449: r and s of a signature that old JDKs accepted for every key. */
  private static byte[] psychic(int r, int s) {
    byte[] signature = new byte[64];
    signature[31] = (byte) r;
    signature[63] = (byte) s;
    return signature;
  }

  private static String swapped(Proof proof) {
    String signed = proof.sign();
    String changed = proof.claim("x", 1).sign();
    return changed.substring(0, changed.lastIndexOf('.'))
        + signed.substring(signed.lastIndexOf('.'));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  void anInvalidProofIsRefused(String clause, String reason, Function<Proof, String> attack) {
    assertThat(fixture.outcome(attack.apply(fixture.proof()))).startsWith(reason + ": ");
    assertThat(fixture.usedProofs.size()).isZero();
  }

  @Test
  void check1_thereIsExactlyOneDpopHeader() {
    assertThat(fixture.outcome()).isEqualTo("dpop_proof: no DPoP header");
    assertThat(fixture.outcome(fixture.proof().sign(), fixture.proof().sign()))
        .isEqualTo("dpop_proof: several DPoP headers");
    String same = fixture.proof().sign();
    assertThat(fixture.outcome(same, same)).isEqualTo("dpop_proof: several DPoP headers");
  }

  @Test
  void check5_onlyConfiguredAlgorithmsAreAccepted() {
    Fixture strict = new Fixture(fixture.key, List.of(ProofAlgorithm.EDDSA), false);

    assertThat(strict.outcome(strict.proof().sign()))
        .isEqualTo("dpop_proof: the proof's alg is ES256, which is not among dpop-algorithms");
  }

  /** RFC 7517 §4: members that say nothing about the key are ignored. */
  @Test
  void check6_furtherMembersOfTheKeyAreIgnored() {
    Map<String, Object> exported = new TreeMap<>(fixture.key.jwk());
    exported.put("ext", true); // as WebCrypto exports it
    exported.put("key_ops", List.of("verify"));
    exported.put("alg", "ES256");
    exported.put("use", "sig");
    exported.put("kid", "any");

    assertThat(fixture.outcome(fixture.proof().header("jwk", exported).sign()))
        .isEqualTo("admitted");
  }

  /** RFC 7638 §3: another spelling of the same number would give the key two thumbprints. */
  @Test
  void check6_aNonCanonicalKeyIsRefused() {
    String x = String.valueOf(fixture.key.jwk().get("x"));
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = alphabet.indexOf(x.charAt(42));
    String other = x.substring(0, 42) + alphabet.charAt(last + 1);

    assertThat(fixture.outcome(fixture.proof().jwk("x", other).sign()))
        .isEqualTo("dpop_proof: the proof's jwk has an invalid x");
  }

  @ParameterizedTest
  @ValueSource(ints = {1024, 2047})
  void check6_shortRsaKeysAreRefused(int bits) {
    Fixture rsa = new Fixture(DpopKey.rsa("RS256", bits), ALL, false);

    assertThat(rsa.outcome(rsa.proof().sign()))
        .isEqualTo("dpop_proof: the proof's RSA key has %d bits, not 2048 to 8192".formatted(bits));
  }

  /** A token that an authorization server has bound to it all the same. */
  @Test
  void check6_aPointOutsideTheCurveIsNoKey() throws Exception {
    String y = DpopKey.encode(new byte[32]);
    Map<String, Object> jwk = new TreeMap<>(fixture.key.jwk());
    jwk.put("y", y);
    String thumbprint = DpopKey.encode(DpopKey.sha256(new JsonMapper().writeValueAsString(jwk)));
    String proof = fixture.proof().header("jwk", jwk).sign();
    DpopVerifier verifier =
        new DpopVerifier(
            new ProofSettings.Dpop(
                ProofMode.ACCEPTED, Fixture.MCP, ALL, Duration.ofSeconds(60), false),
            Duration.ofSeconds(30),
            fixture.usedProofs,
            null);

    assertThatThrownBy(
            () ->
                verifier.verify(
                    proof,
                    new BearerToken(Fixture.TOKEN, Scheme.DPOP),
                    thumbprint,
                    "POST",
                    fixture.clock.millis()))
        .isInstanceOf(InvalidProofException.class)
        .hasMessage("the proof's signature is invalid");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a modulus of 8200 bits           | n | 1025 | the proof's RSA key has 8200 bits, not 2048 to 8192
          a modulus with a leading zero    | n | 0    | the proof's jwk has an invalid n
          an exponent as long as a modulus | e | 256  | the proof's RSA key has an unusual exponent
          """)
  void check6_rsaKeysThatTakeLongToCheckAreRefused(
      String description, String member, int length, String detail) {
    Fixture rsa = new Fixture(RSA_KEY, ALL, false);
    byte[] number = new byte[length == 0 ? 257 : length];
    Arrays.fill(number, (byte) (length == 0 ? 0 : 0xff));

    assertThat(rsa.outcome(rsa.proof().jwk(member, DpopKey.encode(number)).sign()))
        .isEqualTo("dpop_proof: " + detail);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AQ", "Ag", "AQAA"})
  void check6_rsaExponentsThatAreNoneAreRefused(String exponent) {
    Fixture rsa = new Fixture(RSA_KEY.with("PS256"), ALL, false);

    assertThat(rsa.outcome(rsa.proof().jwk("e", exponent).sign()))
        .isEqualTo("dpop_proof: the proof's RSA key has an unusual exponent");
  }

  /** §4.3, check 9, with RFC 3986 §6.2.2 and §6.2.3. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://mcp.example/mcp",
        "https://mcp.example/mcp?a=b#c",
        "HTTPS://MCP.example:443/mcp",
        "https://mcp.example/%6dcp",
        "https://mcp.example/x/../mcp",
        "https://mcp.example/mcp/",
      })
  void check9_theUriIsComparedAfterNormalization(String htu) {
    assertThat(fixture.outcome(fixture.proof().claim("htu", htu).sign())).isEqualTo("admitted");
  }

  @ParameterizedTest
  @CsvSource({"-91, dpop_proof", "-90, admitted", "0, admitted", "30, admitted", "31, dpop_proof"})
  void check11_theTimeIsWithinAgeAndClockSkew(long offset, String outcome) {
    assertThat(fixture.outcome(fixture.proof().claim("iat", fixture.seconds() + offset).sign()))
        .startsWith(outcome);
  }

  @Test
  void check11_aFractionOfASecondIsATime() {
    assertThat(fixture.outcome(fixture.proof().claim("iat", fixture.seconds() + 0.5).sign()))
        .isEqualTo("admitted");
  }

  /** §11.1. */
  @Test
  void aProofIsAcceptedOnceAsLongAsItsTimeIsAcceptable() {
    String proof = fixture.proof().claim("iat", fixture.seconds() + 30).sign();

    assertThat(fixture.outcome(proof)).isEqualTo("admitted");
    for (int second = 0; second <= 120; second++) {
      assertThat(fixture.outcome(proof)).startsWith("dpop_replay: ");
      fixture.clock.advance(Duration.ofSeconds(1));
    }
    assertThat(fixture.outcome(proof)).startsWith("dpop_proof: the proof's iat");
    assertThat(fixture.outcome(fixture.proof().sign())).isEqualTo("admitted");
    assertThat(fixture.usedProofs.size()).isEqualTo(1); // the first one is forgotten
  }

  @Test
  void aJtiIsUsedOnceByEachKey() {
    String first = fixture.proof().claim("jti", "same").sign();
    String second = fixture.proof().claim("jti", "same").claim("x", 1).sign();

    assertThat(fixture.outcome(first)).isEqualTo("admitted");
    assertThat(fixture.outcome(second)).startsWith("dpop_replay: ");
    assertThat(fixture.usedProofs.use(DpopKey.create().thumbprint(), "same", 1000))
        .isEqualTo(UsedProofs.Use.FIRST);
  }

  /** §8, §9. */
  @Test
  void aProofNeedsARecentNonceIfNoncesAreOn() {
    Fixture asking = new Fixture(fixture.key, ALL, true);
    String nonce = asking.check().nonce();

    assertThat(asking.outcome(asking.proof().sign()))
        .isEqualTo("dpop_nonce: the proof has no nonce");
    assertThat(asking.outcome(asking.proof().claim("nonce", nonce + "x").sign()))
        .isEqualTo("dpop_nonce: the proof's nonce is old or not ours");
    assertThat(asking.outcome(asking.proof().claim("nonce", nonce).sign())).isEqualTo("admitted");
    asking.clock.advance(Nonces.PERIOD);
    assertThat(asking.check().nonce()).isNotEqualTo(nonce);
    assertThat(asking.outcome(asking.proof().claim("nonce", nonce).sign())).isEqualTo("admitted");
    asking.clock.advance(Nonces.PERIOD);
    assertThat(asking.outcome(asking.proof().claim("nonce", nonce).sign()))
        .isEqualTo("dpop_nonce: the proof's nonce is old or not ours");
  }

  @Test
  void aNonceIsIgnoredIfNoncesAreOff() {
    assertThat(fixture.check().nonce()).isNull();
    assertThat(fixture.outcome(fixture.proof().claim("nonce", "of another server").sign()))
        .isEqualTo("admitted");
  }
}
