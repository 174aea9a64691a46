package dev.gatehouse.internal.http;

import java.time.Duration;

/**
 * By when a caller must have an answer: one for all that is done on its behalf, discovery, retry
 * and fail-over included, so that their time limits don't add up.
 *
 * @param limit how long it was at first, for messages
 * @param nanos on {@link System#nanoTime()}'s scale
 */
public record Deadline(Duration limit, long nanos) {

  public static Deadline in(Duration limit) {
    return new Deadline(limit, System.nanoTime() + limit.toNanos());
  }

  /** What is left; zero when it is over. */
  public Duration left() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }

  boolean isBefore(Deadline other) {
    return nanos - other.nanos < 0;
  }

  /** An equal part of what is left, for the first of so many who are to be asked in turn. */
  public Deadline share(int parts) {
    return parts == 1 ? this : in(left().dividedBy(parts));
  }
}
