package dev.gatehouse.bench;

import java.io.IOException;

/**
 * All measurements of one server with a number of streams.
 *
 * @param costs the memory
 * @param ends how the filter ended streams; nothing of it is measured without a filter
 * @param peakThreads the highest number of threads
 */
record StreamRun(StreamCosts costs, StreamEnds ends, int peakThreads) {

  /**
   * Measures.
   *
   * @param rounds how often the filter shall end all streams; 0 if there is none
   */
  static StreamRun of(StreamTarget server, int streamCount, int rounds) throws IOException {
    StreamTokens tokens = StreamTokens.of(streamCount);
    try (EventStreams streams = new EventStreams(server.port(), streamCount)) {
      server.send(StreamServer.Command.RESET_PEAK);
      StreamCosts costs = StreamCosts.measure(server, streams, tokens);
      Progress.dot();
      StreamEnds ends = new StreamEnds(server, streams, tokens);
      for (int i = 0; i < rounds && ends.stillOpen == 0; i++) {
        ends.round();
        Progress.dot();
      }
      return new StreamRun(costs, ends, server.send(StreamServer.Command.HEAP).peakThreads());
    }
  }
}
