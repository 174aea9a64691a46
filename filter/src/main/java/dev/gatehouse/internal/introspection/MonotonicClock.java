package dev.gatehouse.internal.introspection;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that starts at the time of day and never goes backward: setting the system clock back by
 * an hour must not turn a pause of five seconds into one of an hour. This class is thread-safe.
 */
public final class MonotonicClock implements InstantSource {

  private final Ticker ticker;
  private final Instant start = Instant.now();
  private final long startNanos;

  public MonotonicClock(Ticker ticker) {
    this.ticker = ticker;
    this.startNanos = ticker.read();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(ticker.read() - startNanos);
  }
}
