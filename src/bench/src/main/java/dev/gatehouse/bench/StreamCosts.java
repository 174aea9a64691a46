package dev.gatehouse.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The memory of the open streams of a server.
 *
 * @param bytes the live heap for each open stream, without its connection and its cached token
 * @param bytesLeft the live heap that remains for each stream after its end
 */
record StreamCosts(double bytes, double bytesLeft) {

  /**
   * Opens streams and ends them from the side of the servlet, twice, and measures the second time.
   * Before that, all connections are open, all tokens are cached, and all pools are full.
   */
  static StreamCosts measure(StreamTarget server, EventStreams streams, StreamTokens tokens)
      throws IOException {
    streams.ping(tokens::valid);
    streams.open(tokens::valid);
    complete(server, streams);
    long before = server.send(StreamServer.Command.HEAP).heap();
    streams.open(tokens::valid);
    StreamTarget.Figures open = server.send(StreamServer.Command.HEAP);
    if (open.open() != tokens.count()) {
      throw new IOException("%d of %d streams are open".formatted(open.open(), tokens.count()));
    }
    complete(server, streams);
    long after = server.send(StreamServer.Command.HEAP).heap();
    return new StreamCosts(
        (double) (open.heap() - before) / tokens.count(),
        (double) (after - before) / tokens.count());
  }

  /**
   * Lets the servlet end all streams.
   *
   * @return the time until the end of the last one, in milliseconds
   */
  static double complete(StreamTarget server, EventStreams streams) throws IOException {
    long begin = System.nanoTime();
    CompletableFuture<StreamTarget.Figures> completion =
        server.sendMeanwhile(StreamServer.Command.COMPLETE);
    EventStreams.Ended ended = streams.awaitEnd(i -> true, Duration.ofSeconds(30));
    completion.join();
    if (ended.stillOpen() > 0) {
      throw new IOException(ended.stillOpen() + " streams did not end when the servlet ended them");
    }
    return (ended.last() - begin) / 1e6;
  }
}
