package dev.gatehouse.bench;

import java.time.Duration;

/**
 * How long a run takes.
 *
 * @param rounds over which the variants take turns
 * @param window one variant's turn
 * @param warmUp before the first round, each variant
 * @param jmhForks JVMs for each benchmark
 * @param jmhSeconds warming up, and as many again of measuring
 * @param cachedTokens for the memory part
 * @param storedTokens for the introspection endpoint: as many, beside 1,000
 */
record Plan(
    int rounds,
    Duration window,
    Duration warmUp,
    int jmhForks,
    int jmhSeconds,
    int cachedTokens,
    int storedTokens) {

  /** For figures that are committed. */
  static Plan full() {
    return new Plan(7, Duration.ofSeconds(2), Duration.ofSeconds(6), 2, 5, 100_000, 1_000_000);
  }

  /** To see that everything works: the figures mean little. */
  static Plan quick() {
    return new Plan(3, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 2, 20_000, 50_000);
  }
}
