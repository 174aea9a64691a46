package dev.gatehouse;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** What one request costs its peer: one bad token at most, whoever is asked about it. */
final class PeerCharge {

  private final PeerLimit limit;
  private final Supplier<String> peer;
  private String charged = "";

  PeerCharge(PeerLimit limit, Supplier<String> peer) {
    this.limit = limit;
    this.peer = peer;
  }

  /**
   * Charges before the first question, as if the token were bad.
   *
   * @return empty if it may be asked; else the refusal
   */
  Optional<Verdict> charge() {
    if (!limit.isOn() || !charged.isEmpty()) {
      return Optional.empty();
    }
    String together = PeerLimit.limitedTogether(peer.get());
    Optional<Duration> wait = limit.charge(together);
    if (wait.isPresent()) {
      return Optional.of(
          new Verdict.Unavailable(
              Reason.TOO_MANY_BAD_TOKENS, "too many bad tokens from " + together, wait.get()));
    }
    charged = together;
    return Optional.empty();
  }

  /** Takes the charge back, unless the token has turned out bad. */
  void settle(Verdict verdict) {
    if (!charged.isEmpty() && !(verdict instanceof Verdict.Inactive)) {
      limit.giveBack(charged);
    }
  }
}
