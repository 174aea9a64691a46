package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Many connections to one server, each with at most one open event stream. The thread that calls
 * does everything; it notes when each stream ends.
 */
final class EventStreams implements AutoCloseable {

  /** How many requests wait for their responses at a time. */
  private static final int AT_ONCE = 64;

  private static final Duration OPENING_LIMIT = Duration.ofMinutes(5);

  /** As the filter demands when introspections hang, which they do if the machine is busy. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final InetSocketAddress server;
  private final Selector selector = Selector.open();
  private final ByteBuffer received = ByteBuffer.allocateDirect(64 * 1024);
  private final List<EventStream> streams;
  private int waiting;

  EventStreams(int port, int count) throws IOException {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    streams = IntStream.range(0, count).mapToObj(i -> new EventStream()).toList();
  }

  /**
   * How the streams ended for which the caller waited.
   *
   * @param last the time at which the last one did, by {@link System#nanoTime}
   * @param stillOpen how many did not, within the limit
   * @param torn how many ended without the final chunk
   */
  record Ended(long last, int stillOpen, int torn) {}

  /** Sends a ping on each connection, so that its token is cached, and awaits the responses. */
  void ping(IntFunction<String> token) throws IOException {
    sendAll(
        EventStream.State.PINGED,
        i ->
            "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json, text/event-stream"
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + JsonServlet.PING.length()
                + "\r\nAuthorization: Bearer "
                + token.apply(i)
                + "\r\n\r\n"
                + JsonServlet.PING);
  }

  /** Opens a stream on each connection and waits until the servlet has written on it. */
  void open(IntFunction<String> token) throws IOException {
    sendAll(
        EventStream.State.REQUESTED,
        i ->
            "GET /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
                + "Authorization: Bearer "
                + token.apply(i)
                + "\r\n\r\n");
  }

  private void sendAll(EventStream.State state, IntFunction<String> request) throws IOException {
    long limit = System.nanoTime() + OPENING_LIMIT.toNanos();
    Queue<Integer> unsent = new ArrayDeque<>();
    IntStream.range(0, streams.size()).forEach(unsent::add);
    while (!unsent.isEmpty() || waiting > 0) {
      while (!unsent.isEmpty() && waiting < AT_ONCE) {
        int number = unsent.remove();
        send(streams.get(number), state, request.apply(number));
      }
      receiveFor(Duration.ofSeconds(1));
      if (System.nanoTime() > limit) {
        throw new IOException(waiting + " responses are missing: " + state);
      }
      if (unsent.isEmpty() && waiting == 0) {
        IntStream.range(0, streams.size())
            .filter(i -> streams.get(i).isRefused())
            .forEach(unsent::add);
        if (!unsent.isEmpty()) {
          System.err.println(unsent.size() + " pings are sent again: the stub was too slow");
          receiveUntil(System.nanoTime() + RETRY_AFTER.toNanos());
        }
      }
    }
  }

  private void send(EventStream stream, EventStream.State state, String request)
      throws IOException {
    if (!stream.isConnected()) {
      SocketChannel channel = SocketChannel.open(server);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, stream);
      stream.connected(channel);
    }
    stream.send(state, ByteBuffer.wrap(request.getBytes(ISO_8859_1)));
    waiting++;
  }

  /** How many streams are open. */
  int countOpen() {
    return (int) streams.stream().filter(EventStream::isOpen).count();
  }

  /**
   * Waits until all streams with these numbers have ended.
   *
   * @param limit after which the caller is told how many are still open
   */
  Ended awaitEnd(IntPredicate numbers, Duration limit) throws IOException {
    List<EventStream> expected =
        IntStream.range(0, streams.size()).filter(numbers).mapToObj(streams::get).toList();
    long begin = System.nanoTime();
    while (expected.stream().anyMatch(EventStream::isOpen)
        && System.nanoTime() - begin < limit.toNanos()) {
      receiveFor(Duration.ofMillis(20));
    }
    return new Ended(
        expected.stream().mapToLong(EventStream::ended).max().orElseThrow(),
        (int) expected.stream().filter(EventStream::isOpen).count(),
        (int) expected.stream().filter(EventStream::isTorn).count());
  }

  /** Receives until a time by {@link System#nanoTime}. */
  void receiveUntil(long time) throws IOException {
    for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
      receiveFor(Duration.ofNanos(left));
    }
  }

  /** Receives what has arrived; waits for it, but not longer than this. */
  private void receiveFor(Duration time) throws IOException {
    selector.select(Math.max(1, time.toMillis()));
    for (SelectionKey key : selector.selectedKeys()) {
      EventStream stream = (EventStream) key.attachment();
      boolean waited = stream.isWaiting();
      stream.receive(received);
      if (waited && !stream.isWaiting()) {
        waiting--;
      }
    }
    selector.selectedKeys().clear();
  }

  @Override
  public void close() throws IOException {
    for (EventStream stream : streams) {
      stream.close();
    }
    selector.close();
  }
}
