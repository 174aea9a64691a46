package dev.gatehouse.internal.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.JwtOracle;
import dev.gatehouse.testing.JwtSigner;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Thousands of generated JWTs: none causes an exception, and none is accepted that a second
 * implementation of the rules refuses.
 */
class JwtPropertiesTest {

  /** ECDSA twice: signatures of RSA take long. */
  private static final List<JwtSigner> SIGNERS =
      List.of(
          JwtSigner.of("ES256", "ec256"),
          JwtSigner.of("EdDSA", "ed"),
          JwtSigner.of("ES256", "ec"),
          JwtSigner.of("RS256", "rsa"));

  private static final JwtSigner FOREIGN = JwtSigner.of("ES256", "foreign");

  private static JwtFixture fixture;

  @BeforeAll
  static void start() throws IOException {
    fixture = new JwtFixture(SIGNERS.toArray(JwtSigner[]::new));
    fixture.verify(fixture.accessToken(SIGNERS.get(0)).signed());
    fixture.verify(fixture.accessToken(FOREIGN).signed()); // no more fetches from now on
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static JwtOracle oracle() {
    return new JwtOracle(
        fixture.as.issuer(),
        SIGNERS.stream().collect(Collectors.toMap(JwtSigner::keyId, Function.identity())));
  }

  @Test
  void onlyAnAcceptableTokenIsAccepted() {
    JwtOracle oracle = oracle();
    List<JwtSigner> signers =
        List.of(SIGNERS.get(0), SIGNERS.get(0), SIGNERS.get(1), SIGNERS.get(2), FOREIGN);
    int accepted = 0;
    for (int seed = 0; seed < 2_500; seed++) {
      String token = JwtMutations.token(new Random(seed), fixture.as.issuer(), signers);
      if (isAccepted(token)) {
        accepted++;
        assertThat(oracle.mayAccept(token)).as("seed %d: %s", seed, token).isTrue();
      }
    }
    assertThat(accepted)
        .as("accepted tokens, so that the test is meaningful")
        .isBetween(300, 2_200);
  }

  /** The hash of a token identifies it: no other text is accepted in its place. */
  @Test
  void noChangeOfOneCharacterIsAccepted() {
    String token = fixture.accessToken(SIGNERS.get(3)).signed();
    assertThat(isAccepted(token)).isTrue();
    for (int at = 0; at < token.length(); at++) {
      for (char other : "AQgw.=-_".toCharArray()) {
        if (token.charAt(at) != other) {
          String changed = token.substring(0, at) + other + token.substring(at + 1);
          assertThat(isAccepted(changed)).as(changed).isFalse();
        }
      }
    }
  }

  private static boolean isAccepted(String token) {
    return fixture.verifier.verifyNow(new BearerToken(token)).orElseThrow()
        instanceof VerificationResult.Active;
  }

  /** Jazzer looks for them beside the class and replays nothing if they are elsewhere. */
  @Test
  void everyFuzzTestHasStoredInputs() {
    assertThat(
            Arrays.stream(JwtFuzzTest.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(FuzzTest.class)))
        .hasSize(2)
        .allSatisfy(
            method ->
                assertThat(JwtFuzzTest.class.getResource("JwtFuzzTestInputs/" + method.getName()))
                    .isNotNull());
  }
}
