package dev.gatehouse.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;

/** How fast a server ends streams whose tokens are evicted or expire. */
final class StreamEnds {

  /** After which a stream counts as not ended. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  /** Before {@code exp}, at which all streams must be open. */
  private static final Duration JUST_BEFORE = Duration.ofMillis(20);

  private static final Duration MARGIN = Duration.ofSeconds(5);

  private final StreamTarget server;
  private final EventStreams streams;
  private final StreamTokens tokens;

  /** The times of each round, in milliseconds. */
  final List<Double> byServlet = new ArrayList<>();

  final List<Double> afterUser = new ArrayList<>();

  final List<Double> afterAll = new ArrayList<>();
  final List<Double> afterExpiry = new ArrayList<>();

  /** Over all rounds. */
  int stillOpen;

  int early;
  int torn;

  StreamEnds(StreamTarget server, EventStreams streams, StreamTokens tokens) {
    this.server = server;
    this.streams = streams;
    this.tokens = tokens;
  }

  /** Opens all streams and lets the servlet end them, which shows what this machine can do. */
  void roundByServlet() throws IOException {
    streams.ping(tokens::valid);
    streams.open(tokens::valid);
    byServlet.add(StreamCosts.complete(server, streams));
  }

  /** Opens all streams twice: evicts their tokens, then lets others expire. */
  void round() throws IOException {
    long begin = System.nanoTime();
    streams.ping(tokens::valid);
    streams.open(tokens::valid);
    Duration opening = Duration.ofNanos(System.nanoTime() - begin);
    int ofOthers = tokens.count() - tokens.count() / 2;
    evict(StreamServer.Command.EVICT_USER, StreamTokens::isOfEvictedUser, afterUser);
    early += Math.max(0, ofOthers - streams.countOpen());
    evict(StreamServer.Command.EVICT_ALL, i -> true, afterAll);
    endRest();
    expire(opening.multipliedBy(2).plus(MARGIN));
    endRest();
  }

  private void evict(StreamServer.Command command, IntPredicate expected, List<Double> times)
      throws IOException {
    long begin = System.nanoTime();
    CompletableFuture<StreamTarget.Figures> eviction = server.sendMeanwhile(command);
    EventStreams.Ended ended = streams.awaitEnd(expected, LIMIT);
    eviction.join();
    add(ended, begin, times);
  }

  private void expire(Duration until) throws IOException {
    long second = (System.currentTimeMillis() + until.toMillis()) / 1000;
    streams.ping(i -> StreamTokens.expiring(i, second));
    streams.open(i -> StreamTokens.expiring(i, second));
    long left = second * 1000 - System.currentTimeMillis();
    long expiry = System.nanoTime() + Duration.ofMillis(left).toNanos();
    if (left < JUST_BEFORE.toMillis()) {
      throw new IOException("opening the streams took longer than their tokens are valid");
    }
    streams.receiveUntil(expiry - JUST_BEFORE.toNanos());
    early += tokens.count() - streams.countOpen();
    add(streams.awaitEnd(i -> true, LIMIT), expiry, afterExpiry);
  }

  private void add(EventStreams.Ended ended, long begin, List<Double> times) {
    times.add((ended.stillOpen() > 0 ? LIMIT.toNanos() : Math.max(0, ended.last() - begin)) / 1e6);
    stillOpen += ended.stillOpen();
    torn += ended.torn();
  }

  /** Ends what the server should have ended, so that the next round is possible. */
  private void endRest() throws IOException {
    if (streams.countOpen() > 0) {
      StreamCosts.complete(server, streams);
    }
  }
}
