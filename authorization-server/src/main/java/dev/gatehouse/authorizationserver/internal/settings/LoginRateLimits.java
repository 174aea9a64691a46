package dev.gatehouse.authorizationserver.internal.settings;

import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The rate limits for log-ins with a wrong password, and the memory of those with the right one.
 *
 * @param perUserAndAddress one user from one address
 * @param perUser one user from all addresses, against an attacker with many addresses
 * @param perAddress all users from one address
 * @param perSite all users from one IPv6 site, whose networks each count as an address: checking a
 *     password is slow on purpose, and one caller may have a whole site
 * @param known one charge for a user and an address after a log-in, which takes as long to refill
 *     as the address is remembered
 */
public record LoginRateLimits(
    RateLimit perUserAndAddress,
    RateLimit perUser,
    RateLimit perAddress,
    RateLimit perSite,
    RateLimit known) {
  public static LoginRateLimits of(RateLimitFactory factory, InstantSource clock) {
    return new LoginRateLimits(
        factory.limit("login of user at address", 5, Duration.ofMinutes(1), clock),
        factory.limit("login of user", 100, Duration.ofHours(1), clock),
        factory.limit("login at address", 30, Duration.ofMinutes(1), clock),
        factory.limit("login at site", 300, Duration.ofMinutes(1), clock),
        factory.limit("user logged in from address", 1, Duration.ofDays(30), clock));
  }
}
