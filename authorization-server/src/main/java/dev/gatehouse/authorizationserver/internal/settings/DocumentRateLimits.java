package dev.gatehouse.authorizationserver.internal.settings;

import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The rate limits for fetching client metadata documents. All of them count failures only.
 *
 * @param perCaller the site that names clients which do not exist, and, counted apart, known ones
 *     whose documents cannot be fetched
 * @param perTarget the network address that is asked for them, against callers with many addresses
 *     that use this server to attack it; clients that were valid before are exempt
 * @param perKnownClient one client that was valid before, while its host is down
 */
public record DocumentRateLimits(
    RateLimit perCaller, RateLimit perTarget, RateLimit perKnownClient) {
  public static DocumentRateLimits of(RateLimitFactory factory, InstantSource clock) {
    return new DocumentRateLimits(
        factory.limit("client documents of caller", 20, Duration.ofMinutes(1), clock),
        factory.limit("client documents at target", 60, Duration.ofMinutes(1), clock),
        factory.limit("client documents of client", 10, Duration.ofMinutes(1), clock));
  }
}
