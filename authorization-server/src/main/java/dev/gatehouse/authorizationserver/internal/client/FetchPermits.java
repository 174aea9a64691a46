package dev.gatehouse.authorizationserver.internal.client;

import dev.gatehouse.authorizationserver.internal.endpoint.CallerAddress;
import dev.gatehouse.authorizationserver.internal.endpoint.ClientUnreachableException;
import dev.gatehouse.authorizationserver.internal.settings.DocumentRateLimits;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Permits fetches of documents and keys that a caller names: only a few at once and a limited
 * number of failures for each caller, and a limited number of failures for each target.
 */
public final class FetchPermits {
  /** A browser has one fetch at a time, and a few users may share an address. */
  private static final int MAX_AT_ONCE = 2;

  /** For all others, what was fetched before serves. */
  private static final int MAX_KNOWN_AT_ONCE = 1;

  /** How many requests may wait for the fetch of another: they occupy threads of the container. */
  private static final int MAX_WAITING = 16;

  private static final int MAX_WAITING_PER_CALLER = 8;

  private final DocumentRateLimits limits;
  private final Map<String, Integer> running = new ConcurrentHashMap<>();

  public FetchPermits(DocumentRateLimits limits) {
    this.limits = limits;
  }

  /** Returns the permit of the current caller to fetch something that may not exist. */
  Optional<Permit> enterForUnknown() {
    return enter(caller(), MAX_AT_ONCE);
  }

  /**
   * Returns the permit of the current caller to fetch something again. Counted apart from what may
   * not exist, because callers may share an address.
   */
  Optional<Permit> enterForKnown() {
    return enter("known clients of " + caller(), MAX_KNOWN_AT_ONCE);
  }

  /** The site, because the networks of one IPv6 site would take all threads together. */
  static String caller() {
    return FailedAttempts.siteOf(CallerAddress.current());
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

  /**
   * Waits for the end of a fetch that another request has started.
   *
   * @throws ClientUnreachableException when too many requests wait already
   */
  void await(CompletableFuture<Boolean> other) {
    Optional<Permit> ofCaller = enter("waiting: " + caller(), MAX_WAITING_PER_CALLER);
    Optional<Permit> ofAll = enter("waiting", MAX_WAITING);
    try {
      if (ofCaller.isEmpty() || ofAll.isEmpty()) {
        throw new ClientUnreachableException("too many requests wait for a fetch");
      }
      other.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientUnreachableException("interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("it is never completed exceptionally", e);
    } finally {
      ofCaller.ifPresent(Permit::close);
      ofAll.ifPresent(Permit::close);
    }
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
