package dev.gatehouse.bench;

import java.time.Duration;

/**
 * The measurement of one variant in one round.
 *
 * @param load the result of the load generator
 * @param cpu the processor time of the server process
 * @param stub the counters of the authorization server
 * @param threads the number of threads of the server at the end
 * @param mebibytes the resident memory of the server at the end
 */
record LoadSample(Load load, Duration cpu, Stub.Counts stub, long threads, long mebibytes) {

  double cpuMicros() {
    return cpu.toNanos() / 1e3 / Math.max(1, load.requests());
  }

  double introspectionsPerThousand() {
    return 1e3 * stub.introspections() / Math.max(1, load.requests());
  }

  /** The median response time without the mean delay of the authorization server. */
  double beyondMillis() {
    return (load.p50Micros() - stub.meanDelayNanos() / 1e3) / 1e3;
  }
}
