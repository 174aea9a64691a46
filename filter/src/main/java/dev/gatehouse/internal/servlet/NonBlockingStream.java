package dev.gatehouse.internal.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between the container and a servlet that writes an event stream without blocking. Containers do
 * not complete a response properly while a part of it waits to be sent: Tomcat cuts it off, Jetty
 * and Undertow wait for their time limit. So a stream whose token has ended is completed when the
 * container calls the listener, instead of which the servlet learns that it can write no more.
 */
final class NonBlockingStream implements WriteListener {

  private static final Logger log = LoggerFactory.getLogger(NonBlockingStream.class);

  private final ServletOutputStream target;
  private final WriteListener servlet;
  private final ResponseLifetime lifetime;

  /** Completes the response; null until it has ended, and again once it is complete. */
  private final AtomicReference<@Nullable Runnable> completion = new AtomicReference<>();

  private final AtomicBoolean failed = new AtomicBoolean();

  NonBlockingStream(ServletOutputStream target, WriteListener servlet, ResponseLifetime lifetime) {
    this.target = target;
    this.servlet = servlet;
    this.lifetime = lifetime;
  }

  /** Completes the response as soon as everything has been sent. After it, nothing is written. */
  void completeWhenWritten(Runnable complete) {
    completion.set(complete); // first: the container may call the listener at once
    if (isReady()) {
      complete();
    }
  }

  /** If not, the container calls the listener. */
  private boolean isReady() {
    try {
      return target.isReady();
    } catch (RuntimeException e) {
      log.debug("a stream has ended meanwhile", e);
      return true;
    }
  }

  private void complete() {
    Runnable complete = completion.getAndSet(null);
    if (complete != null) {
      complete.run();
    }
  }

  @Override
  public void onWritePossible() throws IOException {
    if (lifetime.isEnded()) {
      fail(new TokenEndedException());
      return;
    }
    try {
      servlet.onWritePossible();
    } catch (IOException | RuntimeException e) {
      if (!TokenEndedException.isCauseOf(e)) {
        throw e;
      }
      tell(e); // as the container does, which would abort the response too
    }
  }

  private void fail(Throwable failure) {
    try {
      tell(failure);
    } finally {
      complete();
    }
  }

  private void tell(Throwable failure) {
    if (failed.compareAndSet(false, true)) {
      servlet.onError(failure);
    }
  }

  @Override
  public void onError(Throwable failure) {
    fail(failure);
  }
}
