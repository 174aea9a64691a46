package dev.gatehouse.authorizationserver;

import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits of a server.
 *
 * @param introspection per resource server, charged before each look-up
 * @param strangers per address, charged for each failed client authentication
 * @param loginPerUserAndAddress charged for each failed log-in
 * @param loginPerUser the same from anywhere: slows down who has many addresses
 * @param loginPerAddress the same for anybody
 * @param registration per address
 */
record Limits(
    RateLimit introspection,
    RateLimit strangers,
    RateLimit loginPerUserAndAddress,
    RateLimit loginPerUser,
    RateLimit loginPerAddress,
    RateLimit registration) {

  /** Those that are given, and for the others the defaults, counted where it is said. */
  static Limits of(
      RateLimits where,
      InstantSource clock,
      @Nullable RateLimit introspection,
      @Nullable RateLimit strangers,
      @Nullable RateLimit registration) {
    return new Limits(
        introspection == null ? introspectionPerClient(where, clock) : introspection,
        strangers == null ? strangers(where, clock) : strangers,
        where.limit("login of user at address", 5, Duration.ofMinutes(1), clock),
        where.limit("login of user", 100, Duration.ofHours(1), clock),
        where.limit("login at address", 30, Duration.ofMinutes(1), clock),
        registration == null
            ? where.limit("registration", 60, Duration.ofMinutes(10), clock)
            : registration);
  }

  /** Far above what a resource server with a cache needs, far below what enumeration would. */
  static RateLimit introspectionPerClient(RateLimits where, InstantSource clock) {
    return where.limit("introspection", 5_000, Duration.ofSeconds(5), clock);
  }

  /** Failed tries: a person's mistakes pass, a program's guesses don't. */
  static RateLimit strangers(RateLimits where, InstantSource clock) {
    return where.limit("strangers", 30, Duration.ofMinutes(1), clock);
  }
}
