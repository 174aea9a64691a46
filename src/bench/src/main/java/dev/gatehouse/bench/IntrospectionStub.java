package dev.gatehouse.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An authorization server that responds to introspection requests after a set delay, in a separate
 * process. One thread reads, another responds when the delay is over, and neither spins.
 *
 * <pre>
 * POST /introspect                  token=…
 * GET  /control?delay-micros=2000   sets the delay and resets the counters
 * GET  /control                     {"introspections":17,"lastResponseNanos":…,"meanDelayNanos":…}
 * </pre>
 */
final class IntrospectionStub {

  private static final String DELAY = "delay-micros=";

  /** A response and the time at which it is due. */
  private record Due(StubConnection to, ByteBuffer response, long receivedNanos, long dueNanos) {}

  private final BlockingQueue<Due> waiting = new LinkedBlockingQueue<>();
  private final Selector selector;
  private volatile long delayNanos;
  private long introspections;
  private long responses;
  private long lastResponseNanos;
  private long totalDelayNanos;

  private IntrospectionStub(Selector selector) {
    this.selector = selector;
  }

  /** Argument: the port, or 0 for a free one. Exits when standard input ends. */
  public static void main(String[] args) throws IOException {
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 4096);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    IntrospectionStub stub = new IntrospectionStub(selector);
    daemon("stub-responses", stub::respondWhenDue);
    daemon("stub-requests", stub::readForever);
    Child.awaitEnd(server.socket().getLocalPort());
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void readForever() {
    try {
      while (true) {
        selector.select();
        for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
          serve(keys.next());
          keys.remove();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void serve(SelectionKey key) throws IOException {
    if (key.channel() instanceof ServerSocketChannel server) {
      SocketChannel channel = server.accept();
      channel.configureBlocking(false);
      channel.socket().setTcpNoDelay(true);
      channel.register(selector, SelectionKey.OP_READ, new StubConnection(channel));
      return;
    }
    StubConnection connection = (StubConnection) key.attachment();
    try {
      if (!connection.fill()) {
        connection.close();
        return;
      }
      for (var request = connection.next(); request != null; request = connection.next()) {
        serve(connection, request);
      }
    } catch (IOException e) {
      connection.close(); // the client has disconnected
    }
  }

  private void serve(StubConnection connection, StubConnection.Request request) throws IOException {
    if (request.line().contains(" /control")) {
      connection.write(StubResponses.json(control(request.line())));
      return;
    }
    long now = System.nanoTime();
    Due due = new Due(connection, StubResponses.to(request.token()), now, now + delayNanos);
    synchronized (this) {
      introspections++;
    }
    if (delayNanos == 0) {
      respond(due);
    } else {
      waiting.add(due);
    }
  }

  private synchronized String control(String line) {
    int at = line.indexOf(DELAY);
    if (at > 0) {
      delayNanos =
          Long.parseLong(line.substring(at + DELAY.length(), line.indexOf(' ', at))) * 1000;
      introspections = 0;
      responses = 0;
      totalDelayNanos = 0;
    }
    return "{\"introspections\":%d,\"lastResponseNanos\":%d,\"meanDelayNanos\":%d}"
        .formatted(
            introspections, lastResponseNanos, responses == 0 ? 0 : totalDelayNanos / responses);
  }

  /** Responds in the order of arrival, because the delay is the same for all requests. */
  private void respondWhenDue() {
    try {
      while (true) {
        Due due = waiting.take();
        for (long left = left(due); left > 0; left = left(due)) {
          LockSupport.parkNanos(left);
        }
        respondIfConnected(due);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long left(@Nullable Due due) {
    return due == null ? 0 : due.dueNanos() - System.nanoTime();
  }

  private void respondIfConnected(Due due) {
    try {
      respond(due);
    } catch (IOException e) {
      // The client has disconnected, and reports that itself.
    }
  }

  private void respond(Due due) throws IOException {
    long now = System.nanoTime();
    synchronized (this) {
      lastResponseNanos = now;
      totalDelayNanos += now - due.receivedNanos();
      responses++;
    }
    due.to().write(due.response());
  }
}
