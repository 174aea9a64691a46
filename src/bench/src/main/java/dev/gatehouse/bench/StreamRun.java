package dev.gatehouse.bench;

import java.io.IOException;

/**
 * All measurements of one server with a number of streams.
 *
 * @param costs the memory
 * @param ends how streams ended; without a filter, only those that the servlet ended
 * @param peakThreads the highest number of threads
 */
record StreamRun(StreamCosts costs, StreamEnds ends, int peakThreads) {

  /**
   * Measures.
   *
   * @param rounds how often all streams shall be ended in each way
   * @param filter whether there is a filter, which ends streams too
   */
  static StreamRun of(StreamTarget server, int streamCount, int rounds, boolean filter)
      throws IOException {
    StreamTokens tokens = StreamTokens.of(streamCount);
    try (EventStreams streams = new EventStreams(server.port(), streamCount)) {
      server.send(StreamServer.Command.RESET_PEAK);
      StreamCosts costs = StreamCosts.measure(server, streams, tokens);
      Progress.dot();
      StreamEnds ends = new StreamEnds(server, streams, tokens);
      for (int i = 0; i < rounds && ends.stillOpen == 0; i++) {
        ends.roundByServlet();
        if (filter) {
          ends.round();
        }
        Progress.dot();
      }
      return new StreamRun(costs, ends, server.send(StreamServer.Command.HEAP).peakThreads());
    }
  }
}
