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
 * @param failedAuthentications per address, charged for each failed client authentication
 * @param login charged for each failed log-in
 * @param registration per address and for all addresses together
 * @param factory counts the attempts for these limits
 */
public record ServerRateLimits(
    RateLimit introspection,
    RateLimit failedAuthentications,
    LoginRateLimits login,
    RegistrationRateLimits registration,
    RateLimitFactory factory) {

  /** The given limits, and defaults in the place of those that are {@code null}. */
  public static ServerRateLimits of(
      RateLimitFactory factory,
      InstantSource clock,
      @Nullable RateLimit introspection,
      @Nullable RateLimit failedAuthentications,
      @Nullable RateLimit registration) {
    return new ServerRateLimits(
        introspection == null ? introspectionPerClient(factory, clock) : introspection,
        failedAuthentications == null
            ? failedAuthentications(factory, clock)
            : failedAuthentications,
        LoginRateLimits.of(factory, clock),
        RegistrationRateLimits.of(factory, clock, registration),
        factory);
  }

  /** Far above what a resource server with a cache needs, far below what guessing tokens needs. */
  public static RateLimit introspectionPerClient(RateLimitFactory factory, InstantSource clock) {
    return factory.limit("introspection", 5_000, Duration.ofSeconds(5), clock);
  }

  /** High enough for mistakes in a configuration, too low for guessing secrets. */
  public static RateLimit failedAuthentications(RateLimitFactory factory, InstantSource clock) {
    return factory.limit("failed authentication", 30, Duration.ofMinutes(1), clock);
  }
}
