package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock measures elapsed time; later changes of the time of day do not affect it. */
class MonotonicClockTest {

  @Test
  void theClockStartsAtTheTimeOfDay() {
    Instant before = Instant.now();
    Instant begin = new MonotonicClock(() -> 0).instant();

    assertThat(begin).isBetween(before, Instant.now());
  }

  /** A ticker has an arbitrary origin: its values may be negative or overflow. */
  @ParameterizedTest
  @ValueSource(longs = {0, -1, 42, Long.MIN_VALUE, Long.MAX_VALUE - 1})
  void theClockAdvancesWithTheTicker(long origin) {
    AtomicLong nanos = new AtomicLong(origin);
    MonotonicClock clock = new MonotonicClock(nanos::get);
    Instant begin = clock.instant();

    assertThat(clock.instant()).isEqualTo(begin); // the ticker has not advanced
    nanos.addAndGet(1);
    assertThat(clock.instant()).isEqualTo(begin.plusNanos(1));
    nanos.addAndGet(Duration.ofDays(365).toNanos());
    assertThat(clock.instant()).isEqualTo(begin.plusNanos(1).plus(Duration.ofDays(365)));
  }
}
