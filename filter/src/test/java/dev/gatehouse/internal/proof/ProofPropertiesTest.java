package dev.gatehouse.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.dpop.JWKThumbprintConfirmation;
import com.nimbusds.oauth2.sdk.dpop.verifiers.AccessTokenValidationException;
import com.nimbusds.oauth2.sdk.dpop.verifiers.DPoPIssuer;
import com.nimbusds.oauth2.sdk.dpop.verifiers.DPoPProtectedResourceRequestVerifier;
import com.nimbusds.oauth2.sdk.dpop.verifiers.InvalidDPoPProofException;
import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;
import com.nimbusds.openid.connect.sdk.Nonce;
import dev.gatehouse.testing.DpopKey;
import dev.gatehouse.testing.DpopKey.Proof;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever we accept, Nimbus's own verifier of proofs accepts too, and no change of a proof is
 * accepted.
 */
class ProofPropertiesTest {

  private static final int MUTATIONS = 4000;

  private final DpopKey key = DpopKey.create();
  private final Fixture fixture = new Fixture(key, Arrays.asList(ProofAlgorithm.values()), false);

  /** It has the system's time, and forbids nonces that nobody has asked for. */
  private static boolean nimbusAccepts(String proof, DpopKey key) {
    DPoPProtectedResourceRequestVerifier verifier =
        new DPoPProtectedResourceRequestVerifier(
            Set.of(JWSAlgorithm.ES256, JWSAlgorithm.PS256, JWSAlgorithm.RS256), 90, 90, null);
    try {
      SignedJWT parsed = SignedJWT.parse(proof);
      String nonce = parsed.getJWTClaimsSet().getStringClaim("nonce");
      verifier.verify(
          "POST",
          URI.create(Fixture.MCP),
          new DPoPIssuer("app"),
          parsed,
          new DPoPAccessToken(Fixture.TOKEN),
          new JWKThumbprintConfirmation(new Base64URL(key.thumbprint())),
          nonce == null ? null : Set.of(new Nonce(nonce)),
          null);
      return true;
    } catch (ParseException
        | InvalidDPoPProofException
        | AccessTokenValidationException
        | JOSEException
        | IllegalArgumentException e) {
      return false;
    }
  }

  /** Proofs with odd but signed contents. */
  @Test
  void whateverWeAcceptNimbusAccepts() {
    Random random = new Random(9449);
    fixture.clock.set(Instant.now());
    int accepted = 0;
    for (int i = 0; i < 400; i++) {
      Proof proof = fixture.proof();
      for (int changes = random.nextInt(3); changes > 0; changes--) {
        change(proof, random);
      }
      String signed = proof.sign();
      if (fixture.outcome(signed).equals("admitted")) {
        accepted++;
        assertThat(nimbusAccepts(signed, key)).as(signed).isTrue();
      }
    }
    assertThat(accepted).isBetween(100, 390);
  }

  private void change(Proof proof, Random random) {
    List<Object> values =
        List.of(
            "", "x", 1, -1, 0.5, true, List.of("POST"), "POST", Fixture.MCP, "ES256", key.jwk());
    List<String> names =
        List.of("jti", "htm", "htu", "iat", "ath", "typ", "alg", "jwk", "exp", "nbf", "kid", "x");
    String name = names.get(random.nextInt(names.size()));
    Object value =
        random.nextInt(values.size() + 1) == 0 ? null : values.get(random.nextInt(values.size()));
    switch (random.nextInt(3)) {
      case 0 -> proof.header(name, value);
      case 1 -> proof.claim(name, value);
      default -> proof.claim("claim" + random.nextInt(100), value);
    }
  }

  @Test
  void noOtherTextThanTheSignedOneIsAccepted() {
    Random random = new Random(4);
    String signed = fixture.proof().sign();
    String alphabet = "ABCXYZabcxyz0189-_.=+/ \t\u0000é{}\"";
    for (int i = 0; i < MUTATIONS; i++) {
      StringBuilder changed = new StringBuilder(signed);
      int at = random.nextInt(changed.length());
      char c = alphabet.charAt(random.nextInt(alphabet.length()));
      switch (random.nextInt(4)) {
        case 0 -> changed.setCharAt(at, c);
        case 1 -> changed.insert(at, c);
        case 2 -> changed.deleteCharAt(at);
        default -> changed.setLength(at);
      }
      if (!changed.toString().equals(signed)) {
        assertThat(fixture.outcome(changed.toString())).as("%s", changed).isNotEqualTo("admitted");
      }
    }
    assertThat(fixture.outcome(signed)).isEqualTo("admitted");
  }

  /** The same header and claims, written in another way, are not what was signed. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void noChangedByteOfASignedPartIsAccepted(int part) {
    String[] parts = fixture.proof().sign().split("\\.", -1);
    byte[] bytes = Base64.getUrlDecoder().decode(parts[part]);
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 1;
      String[] all = parts.clone();
      all[part] = DpopKey.encode(changed);
      assertThat(fixture.outcome(String.join(".", all)))
          .as(new String(changed, StandardCharsets.ISO_8859_1))
          .isNotEqualTo("admitted");
    }
  }

  @Test
  void nimbusAgreesAboutAValidProof() {
    fixture.clock.set(Instant.now());
    String proof = fixture.proof().sign();

    assertThat(nimbusAccepts(proof, key)).isTrue();
    assertThat(nimbusAccepts(proof, DpopKey.create())).isFalse();
  }
}
