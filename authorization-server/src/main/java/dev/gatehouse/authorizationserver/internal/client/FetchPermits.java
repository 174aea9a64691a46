package dev.gatehouse.authorizationserver.internal.client;

import dev.gatehouse.authorizationserver.internal.settings.DocumentRateLimits;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Permits fetches of documents that a caller names: only a few at once and a limited number of
 * failures for each caller, and a limited number of failures for each target.
 */
final class FetchPermits {
  private final DocumentRateLimits limits;
  private final Map<String, Integer> running = new ConcurrentHashMap<>();

  FetchPermits(DocumentRateLimits limits) {
    this.limits = limits;
  }

  /**
   * Returns the permit to fetch for this caller, empty when it has so many fetches running already.
   */
  Optional<Permit> enter(String caller, int most) {
    boolean[] admitted = {false};
    running.compute(
        caller,
        (key, count) -> {
          int before = count == null ? 0 : count;
          admitted[0] = before < most;
          return admitted[0] ? Integer.valueOf(before + 1) : count;
        });
    return admitted[0] ? Optional.of(new Permit(caller)) : Optional.empty();
  }

  /** The permit for one fetch, to be closed when no thread works on it any more. */
  final class Permit {
    private final String caller;
    private boolean callerCharged;
    private boolean closed;
    private final Set<String> targetsCharged = new LinkedHashSet<>();

    private Permit(String caller) {
      this.caller = caller;
    }

    /** Charges the caller in advance, so that concurrent fetches cannot exceed the limit. */
    boolean chargeCaller() {
      callerCharged = limits.perCaller().charge(caller).isEmpty();
      return callerCharged;
    }

    /** Charges the addresses that the host's name stands for. */
    synchronized boolean chargeTargets(InetAddress... addresses) {
      for (InetAddress address : addresses) {
        String target = FailedAttempts.networkOf(address);
        if (!targetsCharged.contains(target)) {
          if (limits.perTarget().charge(target).isPresent()) {
            return false;
          }
          targetsCharged.add(target);
        }
      }
      return true;
    }

    /** Refunds all charges, of a fetch that did not fail. */
    synchronized void refund() {
      if (callerCharged) {
        limits.perCaller().refund(caller);
      }
      targetsCharged.forEach(limits.perTarget()::refund);
    }

    synchronized void close() {
      if (closed) {
        return;
      }
      closed = true;
      running.computeIfPresent(caller, (key, count) -> count == 1 ? null : count - 1);
    }
  }
}
