package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Charges the client address of one request for at most one bad token, however many servers verify
 * it. Not thread-safe.
 */
final class BadTokenCharge {

  private final BadTokenLimit limit;
  private final Supplier<String> clientAddress;

  private final List<ServerVerifier> asked = new ArrayList<>(1);

  /** The charged address or network; empty before the charge. */
  private String charged = "";

  BadTokenCharge(BadTokenLimit limit, Supplier<String> clientAddress) {
    this.limit = limit;
    this.clientAddress = clientAddress;
  }

  /**
   * Charges before the first verification, as if the token were bad.
   *
   * @param server the server that verifies the token next
   * @return the refusal; empty if the token may be verified
   */
  Optional<VerificationResult> charge(ServerVerifier server) {
    if (!limit.isOn()) {
      return Optional.empty();
    }
    asked.add(server);
    if (!charged.isEmpty()) {
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

  /** Refunds the charge unless the token is bad, or makes a server fail that is well. */
  void settle(VerificationResult result) {
    if (!charged.isEmpty()
        && !(result instanceof VerificationResult.Inactive)
        && !isCausedByToken(result)) {
      limit.refund(charged);
    }
  }

  /**
   * Whether only such tokens fail. This is asked only about addresses with many failures, because
   * the answer costs a probe.
   */
  private boolean isCausedByToken(VerificationResult result) {
    return result instanceof VerificationResult.Unavailable failure
        && isResponseToToken(failure.reason())
        && limit.hasManyFailures(charged)
        && asked.stream().allMatch(ServerVerifier::answersProbes);
  }

  private static boolean isResponseToToken(Reason reason) {
    return switch (reason) {
      case AS_ANSWER, AS_CREDENTIALS, AS_TIMEOUT, AS_UNREACHABLE, VERIFIER -> true;
      default -> false; // the server was not asked, or asks for a pause
    };
  }
}
