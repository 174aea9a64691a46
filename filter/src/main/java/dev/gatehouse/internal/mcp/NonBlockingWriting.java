package dev.gatehouse.internal.mcp;

import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Between the container and a servlet that writes without blocking: the servlet is called only when
 * everything that it has written before has been passed to the container.
 */
final class NonBlockingWriting implements WriteListener {

  private final Lock lock;
  private final StreamSink sink;
  private final WriteListener servlet;

  /** Whether the servlet waits for a call: for the first one, or because it was not ready. */
  private boolean servletWaits = true;

  private @Nullable Runnable then;

  NonBlockingWriting(Lock lock, StreamSink sink, WriteListener servlet) {
    this.lock = lock;
    this.sink = sink;
    this.servlet = servlet;
  }

  boolean isReady() {
    lock.lock();
    try {
      sink.drain();
      boolean isReady = sink.isReady();
      servletWaits |= !isReady;
      return isReady;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onWritePossible() throws IOException {
    Runnable action = null;
    boolean callsServlet = false;
    lock.lock();
    try {
      sink.drain();
      if (sink.isReady()) {
        action = then;
        then = null;
        callsServlet = action == null && servletWaits;
        servletWaits &= !callsServlet;
      }
    } finally {
      lock.unlock();
    }
    if (action != null) {
      action.run();
    } else if (callsServlet) {
      servlet.onWritePossible();
    }
  }

  @Override
  public void onError(Throwable failure) {
    Runnable action;
    lock.lock();
    try {
      action = then;
      then = null;
    } finally {
      lock.unlock();
    }
    if (action == null) {
      servlet.onError(failure);
    } else {
      action.run(); // the servlet has finished
    }
  }

  /** Runs the action at once if everything has been written, otherwise as soon as it has. */
  void whenWritten(Runnable action) throws IOException {
    lock.lock();
    try {
      sink.drain();
      if (!sink.isReady()) {
        then = action;
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }
}
