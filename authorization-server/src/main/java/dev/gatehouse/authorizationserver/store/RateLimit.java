package dev.gatehouse.authorizationserver.store;

import java.time.Duration;
import java.util.Optional;

/**
 * How often something may be tried, by key: a client's id, a browser's address. Must be
 * thread-safe; implement it over a shared store to limit several nodes together.
 */
public interface RateLimit {
  /**
   * Charges one try.
   *
   * @param key who tries
   * @return empty when the try is within the limit; else how long to wait, and nothing was charged
   */
  Optional<Duration> charge(String key);

  /**
   * Takes one charge back: the try was no reason to slow anybody down after all.
   *
   * @param key who tried
   */
  void refund(String key);

  /**
   * Tells whether a try would be within the limit, and charges nothing.
   *
   * @param key who tries
   * @return empty when it would be; else how long to wait
   */
  Optional<Duration> check(String key);
}
