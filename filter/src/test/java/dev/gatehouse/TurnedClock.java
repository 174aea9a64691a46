package dev.gatehouse;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until a test turns it. */
final class TurnedClock implements InstantSource {

  private volatile Instant now;

  TurnedClock(Instant now) {
    this.now = now;
  }

  void turnTo(Instant instant) {
    now = instant;
  }

  void turnBy(Duration duration) {
    turnTo(now.plus(duration));
  }

  @Override
  public Instant instant() {
    return now;
  }
}
