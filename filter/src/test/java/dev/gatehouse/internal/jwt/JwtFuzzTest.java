package dev.gatehouse.internal.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.gatehouse.internal.discovery.UnusableResponseException;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.JwtOracle;
import dev.gatehouse.testing.JwtSigner;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.TestJwt;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;

/**
 * Fuzzes the parsing of JWTs, of a signed header and payload, with the reference of {@link
 * JwtPropertiesTest}, and of JWK sets. The normal build replays stored inputs; the profile {@code
 * fuzz} searches for new ones, guided by coverage.
 */
class JwtFuzzTest {

  private static final JwtSigner SIGNER = JwtSigner.of("EdDSA", "ed");
  private static final String ISSUER = "https://as.example";
  private static final JwtOracle ORACLE = new JwtOracle(ISSUER, Map.of("ed", SIGNER));
  private static final JwtVerifier VERIFIER = verifier();

  /** A verifier whose keys are known, and which has just looked for an unknown one. */
  private static JwtVerifier verifier() {
    ManualClock clock = new ManualClock(ManualClock.NOW);
    ServerKeys keys =
        new ServerKeys(
            "as",
            JwtFuzzTest::keys,
            task -> {
              task.run();
              return true;
            },
            clock);
    JwtVerifier verifier =
        new JwtVerifier(
            JwtFixture.server(ISSUER), JwtFixture.SETTINGS, keys, JwtFixture.CLOCK_SKEW, clock);
    JwtSigner unknown = JwtSigner.of("EdDSA", "unknown");
    verifier.verify(
        new BearerToken(
            TestJwt.accessToken(unknown, ISSUER, JwtFixture.MCP, ManualClock.NOW).signed()),
        Deadline.in(Duration.ofSeconds(30)));
    return verifier;
  }

  private static Attempt<KeySet> keys() {
    try {
      return new Attempt.Succeeded<>(
          KeySetReader.read(JwtSigner.jwks(SIGNER), EnumSet.allOf(SignatureAlgorithm.class)));
    } catch (UnusableResponseException e) {
      throw new AssertionError(e);
    }
  }

  /** The header ends at the first line break. */
  @FuzzTest(maxDuration = "90s")
  void token(FuzzedDataProvider data) {
    String[] parts = data.consumeRemainingAsString().split("\n", 2);
    String token = SIGNER.sign(parts[0], parts.length == 2 ? parts[1] : "");

    if (VERIFIER.verifyNow(new BearerToken(token)).orElseThrow()
        instanceof VerificationResult.Active) {
      assertThat(ORACLE.mayAccept(token)).isTrue();
    }
  }

  @FuzzTest(maxDuration = "90s")
  void keys(FuzzedDataProvider data) {
    try {
      KeySet keys =
          KeySetReader.read(
              data.consumeRemainingAsString(), EnumSet.allOf(SignatureAlgorithm.class));
      assertThat(keys.algorithms()).isNotEmpty();
    } catch (UnusableResponseException e) {
      assertThat(e.problem()).isNotBlank();
    }
  }
}
