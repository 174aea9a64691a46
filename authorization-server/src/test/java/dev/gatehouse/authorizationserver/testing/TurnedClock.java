package dev.gatehouse.authorizationserver.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that only the test advances. */
public final class TurnedClock implements InstantSource {
  private final AtomicLong elapsedNanos = new AtomicLong();

  @Override
  public Instant instant() {
    return Instant.parse("2026-11-21T12:00:00Z").plusNanos(elapsedNanos.get());
  }

  public void turn(Duration by) {
    elapsedNanos.addAndGet(by.toNanos());
  }
}
