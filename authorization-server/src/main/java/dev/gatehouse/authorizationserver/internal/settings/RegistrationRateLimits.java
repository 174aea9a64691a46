package dev.gatehouse.authorizationserver.internal.settings;

import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits for client registrations. A registry keeps the newest {@value
 * MutableClientRegistry#MAX_UNUSED_CLIENTS} unused clients. The last two limits together allow that
 * many registrations in {@link #KEPT}, so that each client is kept at least as long.
 *
 * @param perAddress charged for each attempt
 * @param firstOfNetwork decides which of the next two limits is charged
 * @param first the first registrations of each network, all networks together
 * @param further all other registrations
 */
public record RegistrationRateLimits(
    RateLimit perAddress, RateLimit firstOfNetwork, RateLimit first, RateLimit further) {

  /** Long enough for a user to log in and to consent. */
  public static final Duration KEPT = Duration.ofMinutes(30);

  /** A quarter, because each of two limits allows twice its capacity within its refill time. */
  private static final int QUARTER = MutableClientRegistry.MAX_UNUSED_CLIENTS / 4;

  /** The default limits, with the given limit per address if there is one. */
  static RegistrationRateLimits of(
      RateLimitFactory factory, InstantSource clock, @Nullable RateLimit perAddress) {
    return new RegistrationRateLimits(
        perAddress == null
            ? factory.limit("registration", 60, Duration.ofMinutes(10), clock)
            : perAddress,
        factory.limit("first registrations of network", 5, Duration.ofHours(1), clock),
        factory.limit("first registrations", QUARTER, KEPT, clock),
        factory.limit("further registrations", QUARTER, KEPT, clock));
  }
}
