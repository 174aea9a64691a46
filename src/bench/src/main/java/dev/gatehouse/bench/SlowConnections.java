package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Connections that announce a body and send one byte of it every four seconds. A connection that
 * the server has closed is opened again when its next byte is due.
 */
final class SlowConnections implements AutoCloseable {

  /** Another address than that of the honest callers: limits count per address. */
  private static final byte[] SOURCE = {127, 0, 0, 2};

  private static final Duration BETWEEN_BYTES = Duration.ofSeconds(4);
  private static final Duration OPENING = Duration.ofSeconds(1);

  private final InetSocketAddress server;
  private final byte[] head;
  private final List<Slow> connections = new ArrayList<>();
  private final CountDownLatch opened = new CountDownLatch(1);
  private final ByteBuffer discarded = ByteBuffer.allocate(64 * 1024);
  private final Thread thread = new Thread(this::run, "slow-connections");
  private volatile boolean ended;
  private volatile @Nullable IOException failure;
  private final AtomicLong reopened = new AtomicLong();

  private SlowConnections(int port, int count, String head) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.head = head.getBytes(US_ASCII);
    for (int i = 0; i < count; i++) {
      connections.add(new Slow());
    }
  }

  /** A place for one connection at a time. */
  private static final class Slow {
    private @Nullable SocketChannel channel;
  }

  /**
   * Opens connections within a second and returns when all are open.
   *
   * @param head the head of the request and the first byte of its body
   */
  static SlowConnections open(int port, int count, String head)
      throws IOException, InterruptedException {
    SlowConnections slow = new SlowConnections(port, count, head);
    slow.thread.setDaemon(true);
    slow.thread.start();
    slow.opened.await();
    slow.requireNoFailure();
    return slow;
  }

  /** How often the server has closed a connection, which was then opened again. */
  long reopened() {
    return reopened.get();
  }

  private void run() {
    try (Selector selector = Selector.open()) {
      turn(selector, OPENING, System.nanoTime());
      opened.countDown();
      while (!ended && !connections.isEmpty()) {
        turn(selector, BETWEEN_BYTES, System.nanoTime());
      }
      for (Slow slow : connections) {
        close(slow);
      }
    } catch (IOException e) {
      failure = e;
    } finally {
      opened.countDown();
    }
  }

  /** Opens each connection or sends a byte on it, one after another at an even pace. */
  private void turn(Selector selector, Duration time, long begin) throws IOException {
    for (int i = 0; i < connections.size() && !ended; i++) {
      long due = begin + time.toNanos() * i / connections.size();
      receiveUntil(due, selector);
      send(connections.get(i), selector);
    }
    receiveUntil(begin + time.toNanos(), selector);
  }

  private void receiveUntil(long due, Selector selector) throws IOException {
    for (long left = due - System.nanoTime(); left > 0 && !ended; left = due - System.nanoTime()) {
      selector.select(Math.max(1, left / 1_000_000));
      for (SelectionKey key : selector.selectedKeys()) {
        receive((Slow) key.attachment());
      }
      selector.selectedKeys().clear();
    }
  }

  private void send(Slow slow, Selector selector) throws IOException {
    SocketChannel channel = slow.channel;
    if (channel == null) {
      channel = SocketChannel.open();
      channel.bind(new InetSocketAddress(InetAddress.getByAddress(SOURCE), 0));
      channel.connect(server);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, slow);
      slow.channel = channel;
      channel.write(ByteBuffer.wrap(head));
    } else {
      try {
        channel.write(ByteBuffer.wrap(new byte[] {'a'}));
      } catch (IOException e) {
        dropped(slow);
      }
    }
  }

  private void receive(Slow slow) throws IOException {
    SocketChannel channel = slow.channel;
    if (channel == null) {
      return;
    }
    try {
      if (channel.read(discarded.clear()) < 0) {
        dropped(slow);
      }
    } catch (IOException e) {
      dropped(slow);
    }
  }

  private void dropped(Slow slow) throws IOException {
    close(slow);
    reopened.incrementAndGet();
  }

  private static void close(Slow slow) throws IOException {
    if (slow.channel != null) {
      slow.channel.close();
      slow.channel = null;
    }
  }

  private void requireNoFailure() throws IOException {
    if (failure != null) {
      throw new IOException("a slow connection failed", failure);
    }
  }

  @Override
  public void close() throws IOException {
    ended = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    requireNoFailure();
  }
}
