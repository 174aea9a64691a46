package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether one authorization server is in trouble: it has the circuit breakers of its
 * endpoints, knows whether it is responsive, and tells its status from the latest requests and
 * probes.
 *
 * <p>Callers' tokens alone can't make the status {@link Status#DOWN}: a caller whose token makes
 * the server fail could otherwise take this resource server out of its load balancer.
 *
 * <p>This class is thread-safe. Its lock is never held while a request is under way.
 */
public final class ServerAvailability {

  /** How well the server responds. */
  public enum Status {
    UP,
    UNKNOWN,
    DEGRADED,
    DOWN
  }

  /**
   * What is known at one moment.
   *
   * @param since when this status was first seen
   * @param reason the code of the failure; null while the server responds
   */
  public record Report(Status status, Instant since, @Nullable String reason) {}

  /** After this long without any result, the status is out of date. */
  private static final Duration QUIET = Duration.ofSeconds(10);

  private final List<EndpointCircuitBreaker> endpoints;
  private final Responsiveness responsiveness;
  private final InstantSource clock;

  private Status status = Status.UNKNOWN;
  private Instant since;
  private boolean responded;
  private @Nullable Reason failure;
  private Instant latestResult = Instant.MIN;

  /** The endpoints whose latest probe has failed, unless a caller has had a response since. */
  private final Set<EndpointCircuitBreaker> failedProbes = new HashSet<>();

  /**
   * With a circuit breaker for each endpoint.
   *
   * @param endpoints in the order in which they are used
   * @param settings of each circuit breaker
   */
  ServerAvailability(
      List<TokenIntrospection> endpoints,
      CircuitBreakerSettings settings,
      ProbeExecutor probes,
      InstantSource clock) {
    this.endpoints =
        endpoints.stream()
            .map(
                each ->
                    new EndpointCircuitBreaker(each, settings, probes, clock, this::recordProbe))
            .toList();
    this.responsiveness = new Responsiveness(clock);
    this.clock = clock;
    this.since = clock.instant();
  }

  /** In the order in which they are used. */
  public List<EndpointCircuitBreaker> endpoints() {
    return endpoints;
  }

  /** Sends a caller's introspection request and takes note of its result. */
  VerificationResult track(Supplier<VerificationResult> request) {
    responsiveness.begin();
    try {
      VerificationResult verdict = request.get();
      responsiveness.record(verdict);
      recordCall(verdict);
      return verdict;
    } finally {
      responsiveness.end();
    }
  }

  /** Whether requests have had no response for so long that waiting has little use. */
  boolean isUnresponsive() {
    return responsiveness.isUnresponsive();
  }

  private synchronized void recordCall(VerificationResult verdict) {
    if (verdict instanceof VerificationResult.Unavailable unavailable) {
      recordFailure(unavailable.reason());
    } else {
      failedProbes.clear();
      recordResponse();
    }
    update();
  }

  private void recordProbe(EndpointCircuitBreaker endpoint, VerificationResult verdict) {
    responsiveness.record(verdict);
    synchronized (this) {
      if (!(verdict instanceof VerificationResult.Unavailable unavailable)) {
        failedProbes.remove(endpoint);
        recordResponse();
      } else if (unavailable.reason() != Reason.INTERRUPTED) {
        failedProbes.add(endpoint);
        if (endpoints.stream().allMatch(this::isOutOfOrder)) { // else another may do
          recordFailure(unavailable.reason());
        }
      }
      update();
    }
  }

  private void recordResponse() {
    responded = true;
    failure = null;
    latestResult = clock.instant();
  }

  private void recordFailure(Reason reason) {
    latestResult = clock.instant();
    if (reason == Reason.INTERRUPTED) {
      return;
    }
    responded = false;
    if (failure == null || reason != Reason.AS_NOT_ASKED) {
      failure = reason; // what opened the circuit breaker says more than that it is open
    }
  }

  /** As it is now. */
  public synchronized Report report() {
    update(); // a circuit breaker may have changed since
    return new Report(status, since, failure == null ? null : failure.code());
  }

  private void update() {
    Status found = currentStatus();
    if (found != status) {
      status = found;
      since = clock.instant();
    }
  }

  private Status currentStatus() {
    if (!responded && failure == null) {
      return Status.UNKNOWN;
    }
    if (!responded && endpoints.stream().allMatch(this::isOutOfOrder)) {
      return Status.DOWN;
    }
    return responded && endpoints.stream().allMatch(EndpointCircuitBreaker::isClosed)
        ? Status.UP
        : Status.DEGRADED;
  }

  private boolean isOutOfOrder(EndpointCircuitBreaker endpoint) {
    return !endpoint.isClosed() || failedProbes.contains(endpoint);
  }

  /**
   * Has the endpoints probed in the background if there has been no result for ten seconds, or if
   * the server is not up; each at most once a second.
   */
  public void probeIfOutOfDate() {
    if (isOutOfDate()) {
      endpoints.forEach(EndpointCircuitBreaker::requestProbe);
    }
  }

  private synchronized boolean isOutOfDate() {
    return status != Status.UP || !clock.instant().isBefore(latestResult.plus(QUIET));
  }
}
