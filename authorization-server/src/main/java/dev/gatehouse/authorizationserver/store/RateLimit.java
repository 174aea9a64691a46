package dev.gatehouse.authorizationserver.store;

import java.time.Duration;
import java.util.Optional;

/**
 * Limits attempts by key, such as a client's id or a network address. Must be thread-safe;
 * implement it over a shared store to limit several nodes together.
 */
public interface RateLimit {
  /**
   * Charges one attempt.
   *
   * @param key what is limited
   * @return empty when the attempt is within the limit; else how long to wait, and nothing was
   *     charged
   */
  Optional<Duration> charge(String key);

  /**
   * Refunds one charge, for an attempt that turned out to be legitimate.
   *
   * @param key what was charged
   */
  void refund(String key);

  /**
   * Tells whether an attempt would be within the limit, without charging it.
   *
   * @param key what is limited
   * @return empty when it would be; else how long to wait
   */
  Optional<Duration> check(String key);
}
