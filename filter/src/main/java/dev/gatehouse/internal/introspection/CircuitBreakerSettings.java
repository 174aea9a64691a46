package dev.gatehouse.internal.introspection;

import java.time.Duration;

/**
 * The settings of an {@link EndpointCircuitBreaker}.
 *
 * @param openFor how long it stays open after failures; zero to open it only for a pause that the
 *     server requests
 * @param timeLimit of one introspection request
 */
public record CircuitBreakerSettings(Duration openFor, Duration timeLimit) {

  /** The settings of each of several endpoints, which share the time limit of a request. */
  CircuitBreakerSettings sharedBy(int endpoints) {
    return new CircuitBreakerSettings(openFor, timeLimit.dividedBy(endpoints));
  }

  /** Whether failures open it, in addition to a pause that the server requests. */
  boolean opensOnFailure() {
    return !openFor.isZero();
  }

  /** A request that takes longer than this counts as slow. */
  Duration slowAfter() {
    return timeLimit.multipliedBy(4).dividedBy(5);
  }
}
