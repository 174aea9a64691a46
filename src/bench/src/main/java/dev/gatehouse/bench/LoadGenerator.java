package dev.gatehouse.bench;

import java.io.IOException;
import java.time.Duration;

/** Sends requests over a set number of connections, on each the next as soon as one is answered. */
interface LoadGenerator {

  /** How many connections; as many requests are under way at any time. */
  int CONNECTIONS = 64;

  /** What it is, for the table. */
  String name();

  /** Sends for some whole seconds. */
  Load run(int port, Requests requests, Duration time) throws IOException;

  /** wrk, if it is on the path; else one in Java, which takes more of the processor. */
  static LoadGenerator best() throws IOException {
    return Wrk.isThere() ? new Wrk() : new JavaGenerator();
  }
}
