package dev.gatehouse.authorizationserver;

import java.time.Duration;
import java.time.InstantSource;

/**
 * The rate limits for log-ins with a wrong password.
 *
 * @param perUserAndAddress one user from one address
 * @param perUser one user from all addresses, against an attacker with many addresses
 * @param perAddress all users from one address
 */
record LoginRateLimits(RateLimit perUserAndAddress, RateLimit perUser, RateLimit perAddress) {
  static LoginRateLimits of(RateLimits where, InstantSource clock) {
    return new LoginRateLimits(
        where.limit("login of user at address", 5, Duration.ofMinutes(1), clock),
        where.limit("login of user", 100, Duration.ofHours(1), clock),
        where.limit("login at address", 30, Duration.ofMinutes(1), clock));
  }
}
