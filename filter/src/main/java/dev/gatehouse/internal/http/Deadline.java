package dev.gatehouse.internal.http;

import java.time.Duration;

/**
 * The time by which a caller must get its response. One deadline covers everything that is done for
 * the caller, including discovery, retry and fail-over, so that their time limits don't add up.
 *
 * @param limit the whole time, for messages
 * @param nanos on {@link System#nanoTime()}'s scale
 */
public record Deadline(Duration limit, long nanos) {

  public static Deadline in(Duration limit) {
    return new Deadline(limit, System.nanoTime() + limit.toNanos());
  }

  /** The time left; zero after the deadline. */
  public Duration left() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }

  boolean isBefore(Deadline other) {
    return nanos - other.nanos < 0;
  }

  /** An equal share of the time left, for the next of so many endpoints. */
  public Deadline share(int parts) {
    return parts == 1 ? this : in(left().dividedBy(parts));
  }
}
