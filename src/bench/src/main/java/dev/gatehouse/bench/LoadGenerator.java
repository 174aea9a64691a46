package dev.gatehouse.bench;

import java.io.IOException;
import java.time.Duration;

/** Sends requests over a fixed number of connections, one at a time on each. */
interface LoadGenerator {

  /** The number of connections, and so of concurrent requests. */
  int CONNECTIONS = 64;

  /** The name for the output. */
  String name();

  /** Sends requests for a number of whole seconds. */
  Load run(int port, Requests requests, Duration time) throws IOException;

  /** Returns wrk if it is on the path, otherwise a generator in Java, which uses more CPU. */
  static LoadGenerator best() throws IOException {
    return Wrk.isInstalled() ? new Wrk() : new JavaGenerator();
  }
}
