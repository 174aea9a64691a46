package dev.gatehouse.authorizationserver.internal.client;

import dev.gatehouse.authorizationserver.internal.settings.RegistrationRateLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits registrations so that no flood of them displaces a client that has just registered and
 * waits for its user's consent (RFC 7591 §5). The first registrations of each network have a limit
 * of their own, so that a flood from some networks does not keep others from registering.
 * Thread-safe.
 */
public final class RegistrationLimits {
  private static final Logger LOG = LoggerFactory.getLogger(RegistrationLimits.class);
  private static final String ALL = "all";

  /** A flood must not fill the log. */
  private static final Duration BETWEEN_LINES = Duration.ofMinutes(1);

  private final RegistrationRateLimits limits;
  private final InstantSource clock;
  private Instant nextLine = Instant.MIN;
  private long refused;

  public RegistrationLimits(RegistrationRateLimits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
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
    Optional<Duration> wait = limits.further().charge(ALL);
    if (wait.isPresent()) {
      logRefusal();
    }
    return wait;
  }

  /** A warning, because more than one caller is affected. */
  private synchronized void logRefusal() {
    refused++;
    Instant now = clock.instant();
    if (!now.isBefore(nextLine)) {
      LOG.warn(
          "registrations are refused: all addresses together register too many clients;"
              + " refused since the last such line: {}",
          refused);
      refused = 0;
      nextLine = now.plus(BETWEEN_LINES);
    }
  }
}
