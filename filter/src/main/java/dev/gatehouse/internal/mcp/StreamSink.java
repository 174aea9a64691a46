package dev.gatehouse.internal.mcp;

import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/**
 * Writes to the container's output stream. If a listener waits for it to be ready (non-blocking
 * I/O), it writes only then, and keeps the rest until the container calls again.
 *
 * <p>Guarded by the lock of {@link ResponseBody}.
 */
final class StreamSink implements BodySink {

  private final ServletOutputStream target;
  private final Queue<byte[]> pending = new ArrayDeque<>();
  private boolean nonBlocking;
  private boolean mustFlush;
  private boolean mustClose;

  StreamSink(ServletOutputStream target) {
    this.target = target;
  }

  ServletOutputStream target() {
    return target;
  }

  void setNonBlocking() {
    nonBlocking = true;
  }

  boolean isNonBlocking() {
    return nonBlocking;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (!nonBlocking || (pending.isEmpty() && target.isReady())) {
      target.write(bytes, offset, length);
    } else {
      pending.add(Arrays.copyOfRange(bytes, offset, offset + length));
    }
  }

  @Override
  public void flush() throws IOException {
    mustFlush = true;
    drain();
  }

  @Override
  public void close() throws IOException {
    mustClose = true;
    drain();
  }

  /** Writes what is kept, as far as the container is ready for it. */
  void drain() throws IOException {
    while (!pending.isEmpty() && isTargetReady()) {
      target.write(pending.remove());
    }
    if (pending.isEmpty() && mustFlush && isTargetReady()) {
      mustFlush = false;
      target.flush();
    }
    if (pending.isEmpty() && mustClose && !mustFlush && isTargetReady()) {
      mustClose = false;
      target.close();
    }
  }

  private boolean isTargetReady() {
    return !nonBlocking || target.isReady();
  }

  /** Whether everything has been passed to the container. */
  boolean isDrained() {
    return pending.isEmpty() && !mustFlush && !mustClose;
  }

  /** Whether more may be written; if not, the container calls the listener later. */
  boolean isReady() {
    return isDrained() && target.isReady();
  }
}
