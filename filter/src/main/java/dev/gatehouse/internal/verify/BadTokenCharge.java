package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** What one request costs its peer: one bad token at most, whoever is asked about it. */
final class BadTokenCharge {

  private final BadTokenLimit limit;
  private final Supplier<String> peer;
  private String charged = "";

  BadTokenCharge(BadTokenLimit limit, Supplier<String> peer) {
    this.limit = limit;
    this.peer = peer;
  }

  /**
   * Charges before the first question, as if the token were bad.
   *
   * @return empty if it may be asked; else the refusal
   */
  Optional<VerificationResult> charge() {
    if (!limit.isOn() || !charged.isEmpty()) {
      return Optional.empty();
    }
    String together = BadTokenLimit.limitedTogether(peer.get());
    Optional<Duration> wait = limit.charge(together);
    if (wait.isPresent()) {
      return Optional.of(
          new VerificationResult.Unavailable(
              Reason.TOO_MANY_BAD_TOKENS, "too many bad tokens from " + together, wait.get()));
    }
    charged = together;
    return Optional.empty();
  }

  /** Takes the charge back, unless the token has turned out bad. */
  void settle(VerificationResult verdict) {
    if (!charged.isEmpty() && !(verdict instanceof VerificationResult.Inactive)) {
      limit.refund(charged);
    }
  }
}
