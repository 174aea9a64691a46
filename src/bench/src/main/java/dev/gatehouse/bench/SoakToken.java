package dev.gatehouse.bench;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A token of which is known what it must be answered, and until when.
 *
 * @param text null for a request without one
 * @param goodUntil by {@link System#currentTimeMillis}: from then on the authorization server calls
 *     it inactive
 */
record SoakToken(Kind kind, @Nullable String text, long goodUntil) {

  /** What the table has a line for. */
  enum Kind {
    KNOWN("one of 200 good tokens"),
    NEW("a new good token"),
    REVOKED("a token that is revoked while it is used"),
    BAD("a bad token"),
    NONE("no token");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** What an answer means. */
  enum Verdict {
    RIGHT,
    /** An outage, or nothing that one could be sure of. */
    UNAVAILABLE,
    LET_IN,
    TURNED_AWAY,
    OTHERWISE_WRONG
  }

  private static final AtomicLong NUMBERS = new AtomicLong();

  /** Tells these tokens from all others of a run. */
  private static final int SERIES = 900_000;

  static SoakToken known(int number) {
    return new SoakToken(Kind.KNOWN, Tokens.of(Tokens.ACTIVE, SERIES, number), Long.MAX_VALUE);
  }

  static SoakToken newGood() {
    return new SoakToken(
        Kind.NEW, Tokens.of(Tokens.ACTIVE, SERIES + 1, NUMBERS.incrementAndGet()), Long.MAX_VALUE);
  }

  static SoakToken bad() {
    return new SoakToken(
        Kind.BAD, Tokens.of(Tokens.INACTIVE, SERIES, NUMBERS.incrementAndGet()), 0);
  }

  static SoakToken none() {
    return new SoakToken(Kind.NONE, null, 0);
  }

  /**
   * One that ends at a set time, which the stub reads off the token: it knows even after a restart.
   *
   * @param series another for each that ends at the same time
   */
  static SoakToken revokedAt(long time, int series) {
    return new SoakToken(Kind.REVOKED, Tokens.of(Tokens.REVOKED, series, time), time);
  }

  /** When no cache may let it in any longer. */
  long badFrom() {
    return goodUntil == Long.MAX_VALUE ? goodUntil : kind == Kind.REVOKED ? settled() : goodUntil;
  }

  private long settled() {
    // An answer that was right when it was made may be that long on its way into the cache.
    return goodUntil + SoakServer.REQUEST_TIMEOUT.plus(SoakServer.CACHE_TTL).toMillis();
  }

  /** Judges an answer by when its request was sent and when it had come. */
  Verdict judge(int status, long sent, long answered) {
    boolean surelyGood = answered < goodUntil;
    boolean surelyBad = sent > badFrom();
    return switch (status) {
      case 200 -> surelyBad ? Verdict.LET_IN : Verdict.RIGHT;
      case 401 -> surelyGood ? Verdict.TURNED_AWAY : Verdict.RIGHT;
      case 503 -> kind == Kind.NONE ? Verdict.OTHERWISE_WRONG : Verdict.UNAVAILABLE;
      default -> Verdict.OTHERWISE_WRONG;
    };
  }
}
