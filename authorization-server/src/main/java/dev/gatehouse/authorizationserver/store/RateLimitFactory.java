package dev.gatehouse.authorizationserver.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Creates rate limits that count in this process or in a store that several nodes share. A limit of
 * one attempt in some days also records that something happened, such as a user's log-in from an
 * address. Must be thread-safe.
 */
@FunctionalInterface
public interface RateLimitFactory {
  /**
   * Creates a limit.
   *
   * @param name distinguishes its counts from those of other limits
   * @param capacity how many attempts are allowed at once, 1 or more
   * @param refill how long until that many are allowed again, up to 30 days
   * @param clock tells the time
   * @return a limit that continues the counts under its name
   * @throws IllegalArgumentException when no attempt would be within the limit
   */
  RateLimit limit(String name, long capacity, Duration refill, InstantSource clock);

  /**
   * Deletes counts that have no effect any more.
   *
   * @param now the time
   * @throws StoreUnavailableException when they could not be deleted
   */
  default void sweep(Instant now) {}
}
