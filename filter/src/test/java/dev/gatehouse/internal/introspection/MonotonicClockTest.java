package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pauses are measured by the time that has passed, not by the time of day. */
class MonotonicClockTest {

  @Test
  void itStartsAtTheTimeOfDay() {
    Instant before = Instant.now();
    Instant begin = new MonotonicClock(() -> 0).instant();

    assertThat(begin).isBetween(before, Instant.now());
  }

  /** A ticker counts from anywhere: its numbers may be negative, or run over. */
  @ParameterizedTest
  @ValueSource(longs = {0, -1, 42, Long.MIN_VALUE, Long.MAX_VALUE - 1})
  void itAdvancesWithTheTicker(long origin) {
    AtomicLong nanos = new AtomicLong(origin);
    MonotonicClock clock = new MonotonicClock(nanos::get);
    Instant begin = clock.instant();

    assertThat(clock.instant()).isEqualTo(begin); // without the ticker, it stands still
    nanos.addAndGet(1);
    assertThat(clock.instant()).isEqualTo(begin.plusNanos(1));
    nanos.addAndGet(Duration.ofDays(365).toNanos());
    assertThat(clock.instant()).isEqualTo(begin.plusNanos(1).plus(Duration.ofDays(365)));
  }
}
