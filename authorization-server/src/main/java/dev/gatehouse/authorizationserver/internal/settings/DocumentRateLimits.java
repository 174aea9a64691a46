package dev.gatehouse.authorizationserver.internal.settings;

import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The rate limits for fetching client metadata documents and the keys of clients. All of them count
 * failures only; a set of keys is a failure if it does not verify the assertion for which it was
 * fetched.
 *
 * @param perCaller the site that names what does not exist, and, counted apart, what has existed
 *     but cannot be fetched again
 * @param perTarget the network address that is asked for it, against callers with many addresses
 *     that use this server to attack it; clients that were valid before are exempt
 */
public record DocumentRateLimits(RateLimit perCaller, RateLimit perTarget) {
  public static DocumentRateLimits of(RateLimitFactory factory, InstantSource clock) {
    return new DocumentRateLimits(
        factory.limit("client documents of caller", 20, Duration.ofMinutes(1), clock),
        factory.limit("client documents at target", 60, Duration.ofMinutes(1), clock));
  }
}
