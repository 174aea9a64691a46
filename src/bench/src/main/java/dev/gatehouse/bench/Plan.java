package dev.gatehouse.bench;

import java.time.Duration;

/**
 * The durations and sizes of a run.
 *
 * @param rounds the number of rounds in which the variants take turns
 * @param window the duration of one variant in a round
 * @param warmUp the duration of the warm-up of each variant
 * @param jmhForks the number of JVMs for each JMH benchmark
 * @param jmhSeconds the duration of the warm-up and of the measurement in JMH, each
 * @param cachedTokens the number of tokens for the memory part
 * @param storedTokens the larger number of tokens for the endpoint part; the smaller one is 1,000
 * @param openStreams the number of event streams for the streams part
 */
record Plan(
    int rounds,
    Duration window,
    Duration warmUp,
    int jmhForks,
    int jmhSeconds,
    int cachedTokens,
    int storedTokens,
    int openStreams) {

  /** The plan for figures to publish. */
  static Plan full() {
    return new Plan(
        7, Duration.ofSeconds(2), Duration.ofSeconds(6), 2, 5, 100_000, 1_000_000, 10_000);
  }

  /** A short plan that shows that everything works; its figures mean little. */
  static Plan quick() {
    return new Plan(3, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 2, 20_000, 50_000, 500);
  }
}
