package dev.gatehouse.authorizationserver.internal.settings;

import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;

import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits of a server.
 *
 * @param introspection per resource server, charged before each look-up
 * @param strangers per address, charged for each failed client authentication
 * @param login charged for each failed log-in
 * @param registration per address
 * @param where counts the attempts for these limits
 */
public record ServerRateLimits(
    RateLimit introspection,
    RateLimit strangers,
    LoginRateLimits login,
    RateLimit registration,
    RateLimitFactory where) {

  /** The given limits, and defaults in the place of those that are {@code null}. */
  public static ServerRateLimits of(
      RateLimitFactory where,
      InstantSource clock,
      @Nullable RateLimit introspection,
      @Nullable RateLimit strangers,
      @Nullable RateLimit registration) {
    return new ServerRateLimits(
        introspection == null ? introspectionPerClient(where, clock) : introspection,
        strangers == null ? strangers(where, clock) : strangers,
        LoginRateLimits.of(where, clock),
        registration == null
            ? where.limit("registration", 60, Duration.ofMinutes(10), clock)
            : registration,
        where);
  }

  /** Far above what a resource server with a cache needs, far below what guessing tokens needs. */
  public static RateLimit introspectionPerClient(RateLimitFactory where, InstantSource clock) {
    return where.limit("introspection", 5_000, Duration.ofSeconds(5), clock);
  }

  /** How many documents are fetched from one host. */
  public static RateLimit metadataDocuments(RateLimitFactory where, InstantSource clock) {
    return where.limit("client metadata documents", 10, Duration.ofMinutes(1), clock);
  }

  /** High enough for mistakes in a configuration, too low for guessing secrets. */
  public static RateLimit strangers(RateLimitFactory where, InstantSource clock) {
    return where.limit("strangers", 30, Duration.ofMinutes(1), clock);
  }
}
