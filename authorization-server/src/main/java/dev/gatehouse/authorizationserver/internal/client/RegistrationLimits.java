package dev.gatehouse.authorizationserver.internal.client;

import dev.gatehouse.authorizationserver.internal.settings.RegistrationRateLimits;
import java.time.Duration;
import java.util.Optional;

/**
 * Limits registrations so that no flood of them displaces a client that has just registered and
 * waits for its user's consent (RFC 7591 §5). The first registrations of each network have a limit
 * of their own, so that a flood from some networks does not keep others from registering.
 * Thread-safe.
 */
public final class RegistrationLimits {
  private static final String ALL = "all";

  private final RegistrationRateLimits limits;

  public RegistrationLimits(RegistrationRateLimits limits) {
    this.limits = limits;
  }

  /** Charges an attempt, whatever comes of it; returns the wait if it is refused. */
  Optional<Duration> attempt(String address) {
    return limits.perAddress().charge(FailedAttempts.networkOf(address));
  }

  /** Charges a client that is about to be stored; returns the wait if there is no room for it. */
  Optional<Duration> store(String address) {
    String network = FailedAttempts.siteOf(address);
    if (limits.firstOfNetwork().charge(network).isEmpty()) {
      if (limits.first().charge(ALL).isEmpty()) {
        return Optional.empty();
      }
      limits.firstOfNetwork().refund(network);
    }
    return limits.further().charge(ALL);
  }
}
