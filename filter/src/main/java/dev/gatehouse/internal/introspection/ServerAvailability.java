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
 * Decides whether one authorization server is available: contains the circuit breakers of its
 * endpoints, detects whether it is unresponsive, and derives its status from the latest requests
 * and probes.
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
   * The status at one moment.
   *
   * @param since when this status was first seen
   * @param reason the code of the failure; null while the server responds
   */
  public record Report(Status status, Instant since, @Nullable String reason) {}

  /** After this long without any result, the status is outdated. */
  private static final Duration QUIET = Duration.ofSeconds(10);

  /** How long a good response to a probe counts: longer than the interval of probes. */
  private static final Duration PROBED_RECENTLY = Duration.ofSeconds(2);

  private final List<EndpointCircuitBreaker> endpoints;
  private final Responsiveness responsiveness;
  private final InstantSource clock;

  private Status status = Status.UNKNOWN;
  private Instant since;
  private boolean responded;
  private @Nullable Reason failure;
  private Instant latestResult = Instant.MIN;

  /** When the latest probe got a response; the earliest time if it got none. */
  private Instant probedWell = Instant.MIN;

  /** The endpoints whose latest probe failed, unless a caller has got a response since. */
  private final Set<EndpointCircuitBreaker> failedProbes = new HashSet<>();

  /**
   * Creates a circuit breaker for each endpoint.
   *
   * @param endpoints in the order in which they are tried
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
                endpoint ->
                    new EndpointCircuitBreaker(
                        endpoint, settings, probes, clock, this::recordProbe))
            .toList();
    this.responsiveness = new Responsiveness(clock);
    this.clock = clock;
    this.since = clock.instant();
  }

  /** The circuit breakers, in the order in which endpoints are tried. */
  public List<EndpointCircuitBreaker> endpoints() {
    return endpoints;
  }

  /** Sends a caller's introspection request and records its result. */
  VerificationResult track(Supplier<VerificationResult> request) {
    responsiveness.begin();
    try {
      VerificationResult result = request.get();
      responsiveness.record(result);
      recordCall(result);
      return result;
    } finally {
      responsiveness.end();
    }
  }

  /** Whether the server has sent no response for so long that waiting has little use. */
  boolean isUnresponsive() {
    return responsiveness.isUnresponsive();
  }

  private synchronized void recordCall(VerificationResult result) {
    if (result instanceof VerificationResult.Unavailable unavailable) {
      recordFailure(unavailable.reason());
    } else {
      failedProbes.clear();
      recordResponse();
    }
    update();
  }

  private void recordProbe(EndpointCircuitBreaker endpoint, VerificationResult result) {
    responsiveness.record(result);
    synchronized (this) {
      if (!(result instanceof VerificationResult.Unavailable unavailable)) {
        failedProbes.remove(endpoint);
        probedWell = clock.instant();
        recordResponse();
      } else if (unavailable.reason() != Reason.INTERRUPTED) {
        failedProbes.add(endpoint);
        probedWell = Instant.MIN;
        if (endpoints.stream().allMatch(this::isFailing)) { // otherwise another endpoint may work
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
      failure = reason; // what opened the circuit breaker is kept: it says more than "open"
    }
  }

  /** The current status. */
  public synchronized Report report() {
    update(); // a circuit breaker may have changed its state
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
    if (!responded && endpoints.stream().allMatch(this::isFailing)) {
      return Status.DOWN;
    }
    return responded && endpoints.stream().allMatch(EndpointCircuitBreaker::isClosed)
        ? Status.UP
        : Status.DEGRADED;
  }

  private boolean isFailing(EndpointCircuitBreaker endpoint) {
    return !endpoint.isClosed() || failedProbes.contains(endpoint);
  }

  /**
   * Probes the endpoints in the background, each at most once a second, if there has been no result
   * for ten seconds or the server is not up.
   */
  public void probeIfOutdated() {
    if (isOutdated()) {
      endpoints.forEach(EndpointCircuitBreaker::requestProbe);
    }
  }

  /**
   * Whether the server has just responded well to a random token, so that a failure is due to a
   * caller's token. A probe in the background, at most one a second, keeps this up to date for the
   * next call.
   */
  boolean answersProbes() {
    endpoints.forEach(EndpointCircuitBreaker::requestProbe);
    synchronized (this) {
      return clock.instant().isBefore(probedWell.plus(PROBED_RECENTLY));
    }
  }

  private synchronized boolean isOutdated() {
    return status != Status.UP || !clock.instant().isBefore(latestResult.plus(QUIET));
  }
}
