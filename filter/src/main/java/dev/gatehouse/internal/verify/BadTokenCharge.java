package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Charges the client address of one request for at most one bad token, however many servers
 * introspect it. Not thread-safe.
 */
final class BadTokenCharge {

  private final BadTokenLimit limit;
  private final Supplier<String> clientAddress;

  /** The charged address or network; empty before the charge. */
  private String charged = "";

  BadTokenCharge(BadTokenLimit limit, Supplier<String> clientAddress) {
    this.limit = limit;
    this.clientAddress = clientAddress;
  }

  /**
   * Charges before the first introspection request, as if the token were bad.
   *
   * @return the refusal; empty if the token may be introspected
   */
  Optional<VerificationResult> charge() {
    if (!limit.isOn() || !charged.isEmpty()) {
      return Optional.empty();
    }
    String group = BadTokenLimit.groupOf(clientAddress.get());
    Optional<Duration> wait = limit.charge(group);
    if (wait.isPresent()) {
      return Optional.of(
          new VerificationResult.Unavailable(
              Reason.TOO_MANY_BAD_TOKENS, "too many bad tokens from " + group, wait.get()));
    }
    charged = group;
    return Optional.empty();
  }

  /** Refunds the charge unless the token is bad. */
  void settle(VerificationResult result) {
    if (!charged.isEmpty() && !(result instanceof VerificationResult.Inactive)) {
      limit.refund(charged);
    }
  }
}
