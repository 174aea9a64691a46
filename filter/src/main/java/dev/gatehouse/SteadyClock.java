package dev.gatehouse;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Begins at the time of day and then only goes forward, evenly: when somebody sets the machine's
 * clock back by an hour, a pause of five seconds must not become one of an hour.
 */
final class SteadyClock implements InstantSource {

  private final Ticker ticker;
  private final Instant start = Instant.now();
  private final long startNanos;

  SteadyClock(Ticker ticker) {
    this.ticker = ticker;
    this.startNanos = ticker.read();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(ticker.read() - startNanos);
  }
}
