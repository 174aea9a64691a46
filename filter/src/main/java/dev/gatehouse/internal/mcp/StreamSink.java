package dev.gatehouse.internal.mcp;

import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the container's output stream. If a listener waits for it to be ready (non-blocking
 * I/O), it writes only then, and keeps the rest until the container calls again.
 *
 * <p>Guarded by the lock of {@link ResponseBody}.
 */
final class StreamSink implements BodySink {

  private final ServletOutputStream target;

  /** What the container was not ready for; null unless a listener waits for it. */
  private @Nullable Queue<byte[]> pending;

  private boolean mustFlush;
  private boolean mustClose;

  StreamSink(ServletOutputStream target) {
    this.target = target;
  }

  ServletOutputStream target() {
    return target;
  }

  void setNonBlocking() {
    pending = new ArrayDeque<>();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Queue<byte[]> waiting = pending;
    if (waiting == null || (waiting.isEmpty() && target.isReady())) {
      target.write(bytes, offset, length);
    } else {
      waiting.add(Arrays.copyOfRange(bytes, offset, offset + length));
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
    Queue<byte[]> waiting = pending;
    while (waiting != null && !waiting.isEmpty() && isTargetReady()) {
      target.write(waiting.remove());
    }
    if (hasWrittenAll() && mustFlush && isTargetReady()) {
      mustFlush = false;
      target.flush();
    }
    if (hasWrittenAll() && mustClose && !mustFlush && isTargetReady()) {
      mustClose = false;
      target.close();
    }
  }

  private boolean isTargetReady() {
    return pending == null || target.isReady();
  }

  private boolean hasWrittenAll() {
    return pending == null || pending.isEmpty();
  }

  /** Whether everything has been passed to the container. */
  boolean isDrained() {
    return hasWrittenAll() && !mustFlush && !mustClose;
  }

  /** Whether more may be written; if not, the container calls the listener later. */
  boolean isReady() {
    return isDrained() && target.isReady();
  }
}
