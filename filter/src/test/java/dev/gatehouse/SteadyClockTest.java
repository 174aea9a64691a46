package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pauses go by: the time that has passed, and not the time of day. */
class SteadyClockTest {

  @Test
  void itBeginsAtTheTimeOfDay() {
    Instant before = Instant.now();
    Instant begin = new SteadyClock(() -> 0).instant();

    assertThat(begin).isBetween(before, Instant.now());
  }

  /** A ticker counts from anywhere: its numbers may be negative, or run over. */
  @ParameterizedTest
  @ValueSource(longs = {0, -1, 42, Long.MIN_VALUE, Long.MAX_VALUE - 1})
  void itGoesOnAsTheTickerDoes(long origin) {
    AtomicLong nanos = new AtomicLong(origin);
    SteadyClock clock = new SteadyClock(nanos::get);
    Instant begin = clock.instant();

    assertThat(clock.instant()).isEqualTo(begin); // without the ticker, it stands still
    nanos.addAndGet(1);
    assertThat(clock.instant()).isEqualTo(begin.plusNanos(1));
    nanos.addAndGet(Duration.ofDays(365).toNanos());
    assertThat(clock.instant()).isEqualTo(begin.plusNanos(1).plus(Duration.ofDays(365)));
  }
}
