package dev.gatehouse.internal.mcp;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request body from memory, for blocking and for asynchronous readers (Servlet 6.0 §3.7). One
 * thread reads at a time, as from any stream.
 */
final class ReplayInput extends ServletInputStream {

  private final byte[] bytes;
  private final Object lock = new Object();
  private final Supplier<AsyncContext> asynchronous;
  private int position;
  private @Nullable ReadListener listener;
  private boolean isListening;
  private boolean isDone;

  /**
   * Creates a stream of these bytes.
   *
   * @param asynchronous the context of the request; fails if the request is not asynchronous
   */
  ReplayInput(byte[] bytes, Supplier<AsyncContext> asynchronous) {
    this.bytes = bytes;
    this.asynchronous = asynchronous;
  }

  @Override
  public int read() {
    return isFinished() ? -1 : bytes[position++] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (isFinished()) {
      return -1;
    }
    int count = Math.min(length, bytes.length - position);
    System.arraycopy(bytes, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public int available() {
    return bytes.length - position;
  }

  @Override
  public boolean isFinished() {
    tellIfAtEnd();
    return isAtEnd();
  }

  private boolean isAtEnd() {
    return position == bytes.length;
  }

  /** An asynchronous reader that has read everything waits for {@code onAllDataRead}. */
  @Override
  public boolean isReady() {
    return listener == null || !isFinished();
  }

  /** Tells the listener on another thread of the container that all data is available. */
  @Override
  public void setReadListener(ReadListener newListener) {
    Objects.requireNonNull(newListener);
    AsyncContext context = asynchronous.get();
    synchronized (lock) {
      if (listener != null) {
        throw new IllegalStateException("there is a listener already");
      }
      listener = newListener;
      isListening = true;
    }
    context.start(() -> run(newListener));
  }

  private void run(ReadListener told) {
    try {
      if (!isAtEnd()) {
        told.onDataAvailable();
      }
      boolean finished;
      synchronized (lock) {
        isListening = false;
        finished = isAtEnd() && !isDone;
        isDone |= finished;
      }
      if (finished) {
        told.onAllDataRead();
      }
    } catch (IOException | RuntimeException | Error e) {
      told.onError(e);
    }
  }

  /**
   * If the last byte is read after the listener has returned, it is told so on another thread. Only
   * the next call after that read shows that the reader has stored what it has read.
   */
  private void tellIfAtEnd() {
    if (listener == null || !isAtEnd()) {
      return;
    }
    synchronized (lock) {
      if (isListening || isDone) {
        return;
      }
      isDone = true;
    }
    ReadListener told = listener;
    try {
      asynchronous.get().start(() -> tellAllDataRead(told));
    } catch (IllegalStateException e) {
      // The application has completed the request already, and so waits for nothing.
    }
  }

  private static void tellAllDataRead(ReadListener told) {
    try {
      told.onAllDataRead();
    } catch (IOException | RuntimeException | Error e) {
      told.onError(e);
    }
  }
}
