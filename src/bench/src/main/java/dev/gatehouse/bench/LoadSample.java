package dev.gatehouse.bench;

import java.time.Duration;

/**
 * One variant's turn.
 *
 * @param load what the generator saw
 * @param cpu that the server's process took
 * @param stub what the authorization server counted
 * @param threads of the server at the end
 * @param mebibytes of it that are in memory
 */
record LoadSample(Load load, Duration cpu, Stub.Counts stub, long threads, long mebibytes) {

  double cpuMicros() {
    return cpu.toNanos() / 1e3 / Math.max(1, load.requests());
  }

  double askedPerThousand() {
    return 1e3 * stub.asked() / Math.max(1, load.requests());
  }

  /** What is left of half of the requests' time without the wait for the authorization server. */
  double beyondMillis() {
    return (load.p50Micros() - stub.meanDelayNanos() / 1e3) / 1e3;
  }
}
