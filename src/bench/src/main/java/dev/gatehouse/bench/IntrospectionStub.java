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
 * An authorization server that answers introspection requests after a set time, in a process of its
 * own: one thread reads, another answers when the time has come, and neither spins.
 *
 * <pre>
 * POST /introspect                  token=…
 * GET  /control?delay-micros=2000   sets the delay and begins to count anew
 * GET  /control                     {"asked":17,"lastAnswerNanos":…,"meanDelayNanos":…}
 * </pre>
 */
final class IntrospectionStub {

  private static final String DELAY = "delay-micros=";

  /** An answer, and when it goes out. */
  private record Due(StubConnection to, ByteBuffer response, long askedNanos, long dueNanos) {}

  private final BlockingQueue<Due> waiting = new LinkedBlockingQueue<>();
  private final Selector selector;
  private volatile long delayNanos;
  private long asked;
  private long answered;
  private long lastAnswerNanos;
  private long totalDelayNanos;

  private IntrospectionStub(Selector selector) {
    this.selector = selector;
  }

  /** Takes a port, or 0 for any; prints it; ends when its standard input does. */
  public static void main(String[] args) throws IOException {
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 4096);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    IntrospectionStub stub = new IntrospectionStub(selector);
    daemon("stub-answers", stub::answerInTime);
    daemon("stub-reads", stub::readForever);
    Child.ready(server.socket().getLocalPort());
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
      connection.close(); // the caller has gone
    }
  }

  private void serve(StubConnection connection, StubConnection.Request request) throws IOException {
    if (request.line().contains(" /control")) {
      connection.write(StubAnswers.json(control(request.line())));
      return;
    }
    long now = System.nanoTime();
    Due due = new Due(connection, StubAnswers.to(request.token()), now, now + delayNanos);
    synchronized (this) {
      asked++;
    }
    if (delayNanos == 0) {
      answer(due);
    } else {
      waiting.add(due);
    }
  }

  private synchronized String control(String line) {
    int at = line.indexOf(DELAY);
    if (at > 0) {
      delayNanos =
          Long.parseLong(line.substring(at + DELAY.length(), line.indexOf(' ', at))) * 1000;
      asked = 0;
      answered = 0;
      totalDelayNanos = 0;
    }
    return "{\"asked\":%d,\"lastAnswerNanos\":%d,\"meanDelayNanos\":%d}"
        .formatted(asked, lastAnswerNanos, answered == 0 ? 0 : totalDelayNanos / answered);
  }

  /** The delay is the same for all, so that the first to come is the first to go. */
  private void answerInTime() {
    try {
      while (true) {
        Due due = waiting.take();
        for (long left = left(due); left > 0; left = left(due)) {
          LockSupport.parkNanos(left);
        }
        answerUnlessGone(due);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long left(@Nullable Due due) {
    return due == null ? 0 : due.dueNanos() - System.nanoTime();
  }

  private void answerUnlessGone(Due due) {
    try {
      answer(due);
    } catch (IOException e) {
      // The caller has given up; it is the one to report that.
    }
  }

  private void answer(Due due) throws IOException {
    long now = System.nanoTime();
    synchronized (this) {
      lastAnswerNanos = now;
      totalDelayNanos += now - due.askedNanos();
      answered++;
    }
    due.to().write(due.response());
  }
}
