package dev.gatehouse.authorizationserver.internal.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * How long tokens and self-registered clients are kept.
 *
 * @param accessToken from issue to expiry, sent as {@code expires_in}
 * @param refreshToken from issue to expiry; each use issues a new token
 * @param refreshGrace how long a repeated use of a refresh token gets the same successor
 * @param registeredClient from the last use of a self-registered client to its deletion
 */
public record Lifetimes(
    Duration accessToken, Duration refreshToken, Duration refreshGrace, Duration registeredClient) {
  public static final Duration DEFAULT_ACCESS_TOKEN = Duration.ofMinutes(10);
  public static final Duration DEFAULT_REFRESH_TOKEN = Duration.ofDays(30);
  public static final Duration DEFAULT_REFRESH_GRACE = Duration.ofSeconds(10);
  public static final Duration DEFAULT_REGISTERED_CLIENT = Duration.ofDays(90);

  /** RFC 6749 §4.1.2 allows ten minutes; a redirect takes a second. */
  public static final Duration CODE = Duration.ofSeconds(60);

  /** How long a browser stays logged in. */
  public static final Duration SESSION = Duration.ofHours(8);

  /**
   * How long a log-in that an authorization request required serves this request: the time to read
   * the consent page.
   */
  public static final Duration LOGIN_FOR_REQUEST = Duration.ofMinutes(5);

  /** How much the clocks of nodes may differ. */
  public static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  /** How long a self-registered client is kept before a user has consented to it. */
  public static final Duration UNUSED_CLIENT = Duration.ofDays(1);

  private static final Duration MAX_REFRESH_GRACE = Duration.ofMinutes(1);

  /** A day: a token is cheap to renew, and one that leaked should not last. */
  public static final Duration MAX_ACCESS_TOKEN = Duration.ofDays(1);

  /**
   * Lists every invalid value, one line each; {@link ServerSettings} refuses to be built with any.
   */
  List<String> errors() {
    List<String> errors = new ArrayList<>();
    if (accessToken.toSeconds() < 1
        || accessToken.compareTo(MAX_ACCESS_TOKEN) > 0
        || !accessToken.equals(accessToken.truncatedTo(ChronoUnit.SECONDS))) {
      errors.add(
          "accessTokenLifetime: "
              + accessToken
              + " does not fit expires_in; write whole seconds, from one up to "
              + MAX_ACCESS_TOKEN);
    }
    if (refreshToken.compareTo(accessToken) < 0) {
      errors.add(
          "refreshTokenLifetime: "
              + refreshToken
              + " is shorter than that of an access token; write more, such as P30D");
    }
    if (refreshGrace.isNegative() || refreshGrace.compareTo(MAX_REFRESH_GRACE) > 0) {
      errors.add(
          "refreshGrace: "
              + refreshGrace
              + " is not a few seconds; write PT0S, for none, up to "
              + MAX_REFRESH_GRACE);
    }
    // A client must stay known as long as it has tokens; each new token counts as a use.
    if (registeredClient.compareTo(refreshToken) < 0) {
      errors.add(
          "registeredClientLifetime: "
              + registeredClient
              + " is shorter than that of a refresh token; write "
              + refreshToken
              + " or more");
    }
    return errors;
  }
}
