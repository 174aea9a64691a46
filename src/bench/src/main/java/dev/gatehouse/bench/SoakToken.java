package dev.gatehouse.bench;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A token with its expected responses over time.
 *
 * @param text null for a request without a token
 * @param activeUntil the time at which the token becomes inactive, by {@link
 *     System#currentTimeMillis}
 */
record SoakToken(Kind kind, @Nullable String text, long activeUntil) {

  /** The kind of a token; each has a row in the table. */
  enum Kind {
    KNOWN("one of 200 valid tokens"),
    NEW("a new valid token"),
    REVOKED("a token that is revoked during use"),
    INVALID("an invalid token"),
    NONE("no token");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** The assessment of a response. */
  enum Assessment {
    CORRECT,
    /** A 503, which an outage may cause. */
    UNAVAILABLE,
    WRONGLY_ADMITTED,
    WRONGLY_REFUSED,
    WRONG_STATUS
  }

  private static final AtomicLong NUMBERS = new AtomicLong();

  /** A series that no other part uses. */
  private static final int SERIES = 900_000;

  static SoakToken known(int number) {
    return new SoakToken(Kind.KNOWN, Tokens.of(Tokens.ACTIVE, SERIES, number), Long.MAX_VALUE);
  }

  static SoakToken newValid() {
    return new SoakToken(
        Kind.NEW, Tokens.of(Tokens.ACTIVE, SERIES + 1, NUMBERS.incrementAndGet()), Long.MAX_VALUE);
  }

  static SoakToken invalid() {
    return new SoakToken(
        Kind.INVALID, Tokens.of(Tokens.INACTIVE, SERIES, NUMBERS.incrementAndGet()), 0);
  }

  static SoakToken none() {
    return new SoakToken(Kind.NONE, null, 0);
  }

  /**
   * A token that becomes inactive at a set time. The stub reads the time from the token, so that it
   * still knows the time after a restart.
   *
   * @param series different for tokens with the same time
   */
  static SoakToken revokedAt(long time, int series) {
    return new SoakToken(Kind.REVOKED, Tokens.of(Tokens.REVOKED, series, time), time);
  }

  /** The time from which the filter must refuse the token, even with a cached result. */
  long refusedFrom() {
    return activeUntil == Long.MAX_VALUE
        ? activeUntil
        : kind == Kind.REVOKED ? latestExpiry() : activeUntil;
  }

  private long latestExpiry() {
    // A response that was correct when it was sent may take this long to reach the cache.
    return activeUntil + SoakServer.REQUEST_TIMEOUT.plus(SoakServer.CACHE_TTL).toMillis();
  }

  /** Assesses a response by the times of the request and of the response. */
  Assessment assess(int status, long sent, long received) {
    boolean active = received < activeUntil;
    boolean mustBeRefused = sent > refusedFrom();
    return switch (status) {
      case 200 -> mustBeRefused ? Assessment.WRONGLY_ADMITTED : Assessment.CORRECT;
      case 401 -> active ? Assessment.WRONGLY_REFUSED : Assessment.CORRECT;
      case 503 -> kind == Kind.NONE ? Assessment.WRONG_STATUS : Assessment.UNAVAILABLE;
      default -> Assessment.WRONG_STATUS;
    };
  }
}
