package dev.gatehouse.authorizationserver.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Where tries are counted: in this process, or at a place that several nodes share. Must be
 * thread-safe.
 */
@FunctionalInterface
public interface RateLimitFactory {
  /**
   * Makes a limit.
   *
   * @param name tells its counts from those of other limits
   * @param capacity how many tries may come at once, 1 or more
   * @param refill how long until that many may come again
   * @param clock tells the time
   * @return a limit that begins with what is counted under its name already
   * @throws IllegalArgumentException when nothing would ever be within the limit
   */
  RateLimit limit(String name, long capacity, Duration refill, InstantSource clock);

  /**
   * Forgets counts that no longer matter.
   *
   * @param now the time
   * @throws StoreUnavailableException when they can't be forgotten
   */
  default void sweep(Instant now) {}
}
