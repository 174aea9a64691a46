package dev.gatehouse.internal.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The time by which a caller must get its response. One deadline covers everything that is done for
 * the caller, including discovery, retry and fail-over, so that their time limits don't add up.
 * Another thread can cut it short.
 *
 * @param limit the whole time, for messages
 * @param nanos on {@link System#nanoTime()}'s scale
 * @param cut is completed when the deadline is cut short
 */
public record Deadline(Duration limit, long nanos, CompletableFuture<Void> cut) {

  public static Deadline in(Duration limit) {
    return new Deadline(limit, System.nanoTime() + limit.toNanos(), new CompletableFuture<>());
  }

  /** The time left; zero after the deadline, or if it has been cut short. */
  public Duration left() {
    return isCut() ? Duration.ZERO : Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }

  /** Makes the deadline be over now: whatever is done until then ends with a timeout. */
  public void cutShort() {
    cut.complete(null);
  }

  /** Whether it has been cut short. */
  public boolean isCut() {
    return cut.isDone();
  }

  /** Whether at least half of the time is left, so that a timeout says something about a server. */
  public boolean isMostlyLeft() {
    return left().compareTo(limit.dividedBy(2)) >= 0;
  }

  boolean isBefore(Deadline other) {
    return nanos - other.nanos < 0;
  }

  /**
   * An equal share of the time left, for the next of so many endpoints. Cutting a share short
   * leaves the others their time.
   */
  public Deadline share(int parts) {
    return parts == 1 ? this : in(left().dividedBy(parts));
  }
}
