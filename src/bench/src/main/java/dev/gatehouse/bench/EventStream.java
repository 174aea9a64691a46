package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A connection on which a client pings or has an event stream, one after the other. */
final class EventStream {

  /** What the client waits for. */
  enum State {
    /** Nothing: the connection is not open, or the last response is complete. */
    IDLE,
    /** The response to a ping. */
    PINGED,
    /** The beginning of a stream. */
    REQUESTED,
    /** The end of the stream. */
    OPEN
  }

  private static final String OK = "HTTP/1.1 200 ";
  private static final String UNAVAILABLE = "HTTP/1.1 503 ";
  private static final String LAST_CHUNK = "\r\n0\r\n\r\n";

  private final StringBuilder received = new StringBuilder();
  private @Nullable SocketChannel channel;
  private State state = State.IDLE;
  private long ended;
  private boolean torn;
  private boolean refused;

  boolean isConnected() {
    return channel != null;
  }

  void connected(SocketChannel connection) {
    channel = connection;
  }

  /** Sends a request. */
  void send(State next, ByteBuffer request) throws IOException {
    if (channel == null || state != State.IDLE) {
      throw new IllegalStateException("the connection is not idle: " + state);
    }
    state = next;
    received.setLength(0);
    torn = false;
    refused = false;
    channel.write(request);
    if (request.hasRemaining()) {
      throw new IOException("a request of a few hundred bytes could not be sent at once");
    }
  }

  /** Receives what has arrived. */
  void receive(ByteBuffer buffer) throws IOException {
    if (channel == null) {
      return;
    }
    int count = channel.read(buffer.clear());
    while (count > 0) {
      received.append(ISO_8859_1.decode(buffer.flip()));
      examine();
      count = channel == null ? 0 : channel.read(buffer.clear());
    }
    if (count < 0) {
      disconnected();
    }
  }

  private void examine() throws IOException {
    if (state == State.PINGED && received.indexOf(UNAVAILABLE) == 0) {
      refused = true;
      state = State.IDLE;
      close(); // rather than read the rest
      return;
    }
    if (isWaiting() && received.length() >= OK.length() && received.indexOf(OK) != 0) {
      throw new IOException("unexpected response: " + received);
    }
    switch (state) {
      case PINGED -> {
        if (received.indexOf(StreamServlet.RESPONSE) > 0) {
          state = State.IDLE;
        }
      }
      case REQUESTED -> {
        if (received.indexOf(StreamServlet.COMMENT) > 0) {
          state = State.OPEN;
        }
      }
      case OPEN, IDLE -> {}
    }
    if (!isWaiting()) {
      received.delete(0, Math.max(0, received.length() - LAST_CHUNK.length()));
      if (state == State.OPEN && received.toString().equals(LAST_CHUNK)) {
        end();
      }
    }
  }

  private void end() {
    ended = System.nanoTime();
    state = State.IDLE;
  }

  private void disconnected() throws IOException {
    if (isWaiting()) {
      throw new IOException("the server closed a connection instead of responding: " + received);
    }
    if (state == State.OPEN) {
      torn = true;
      end();
    }
    close();
  }

  boolean isWaiting() {
    return state == State.PINGED || state == State.REQUESTED;
  }

  /** Whether the token of the last ping could not be introspected in time: send it again. */
  boolean isRefused() {
    return refused;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  /** Whether the last stream ended without the final chunk. */
  boolean isTorn() {
    return torn;
  }

  /** The time at which the last stream ended, by {@link System#nanoTime}. */
  long ended() {
    return ended;
  }

  void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
