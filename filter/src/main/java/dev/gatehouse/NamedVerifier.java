package dev.gatehouse;

import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.verify.CustomServer;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * A custom verifier of the settings.
 *
 * @param prefix the prefix of its tokens; null if it verifies what no other one is selected for
 */
record NamedVerifier(String name, @Nullable String prefix, AccessTokenVerifier verifier) {

  /**
   * The name stands for the issuer. No issuer of an authorization server equals it, because those
   * are URIs.
   */
  private TrustedServer server() {
    return new TrustedServer(
        name,
        name,
        prefix,
        new AudienceAlternative.Vouched(),
        /* oneOfSeveral= */ true,
        TrustLimits.NONE);
  }

  CustomServer start(Duration timeLimit, int maxThreads, InstantSource clock) {
    TrustedServer server = server();
    return new CustomServer(
        server,
        (token, timeLeft) -> verify(server, token, timeLeft),
        timeLimit,
        maxThreads,
        verifier.getClass().getClassLoader(),
        clock);
  }

  private @Nullable VerificationResult verify(
      TrustedServer server, BearerToken token, Duration timeLeft) throws Exception {
    TokenOutcome outcome = verifier.verify(token.value(), timeLeft);
    return outcome == null ? null : outcome.toResult(server);
  }
}
