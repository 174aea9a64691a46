package dev.gatehouse.internal.introspection;

import java.time.Duration;

/**
 * The settings of an {@link EndpointCircuitBreaker}.
 *
 * @param openFor how long it stays open; zero if it is to open only when the server requests a
 *     pause
 * @param timeLimit of one introspection request
 */
public record CircuitBreakerSettings(Duration openFor, Duration timeLimit) {

  /** For each of several endpoints that share the time limit of a request. */
  CircuitBreakerSettings sharedBy(int endpoints) {
    return new CircuitBreakerSettings(openFor, timeLimit.dividedBy(endpoints));
  }

  /** Whether failures can open it, and not only a pause that the server requests. */
  boolean opensOnFailure() {
    return !openFor.isZero();
  }

  /** A request that takes longer than this is slow. */
  Duration slowAfter() {
    return timeLimit.multipliedBy(4).dividedBy(5);
  }
}
