package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.introspection.ServerAvailability;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;

/**
 * Verifies the tokens of one authorization server, in the way that its {@code token-validation}
 * chooses, or those of a custom verifier. Implementations are thread-safe.
 */
public interface ServerVerifier {

  TrustedServer server();

  /** Begins the verification of a caller's token. Its time limit begins now. */
  VerificationCall call(BearerToken token);

  /** Verifies a token without cache and limits, for the self-test. */
  default VerificationResult verify(BearerToken token) {
    VerificationCall call = call(token);
    VerificationResult decided = call.decideNow();
    return decided == null ? call.send() : decided;
  }

  /** Whether tokens are accepted that are no JWTs. */
  boolean takesOpaqueTokens();

  /** Whether this is a custom verifier, which is no authorization server. */
  default boolean isCustom() {
    return false;
  }

  /** Whether tokens are accepted without asking anyone, so that evicted ones must be denied. */
  default boolean isLocal() {
    return false;
  }

  /**
   * Whether the server has just responded well to another token, so that a failure is due to a
   * caller's token; if that is unknown, a probe in the background may find out.
   */
  boolean answersProbes();

  /** How well the server responds, as far as is known. */
  ServerAvailability.Report report();

  /** Finds out in the background how well the server responds, unless that is known. */
  void probeIfOutdated();
}
