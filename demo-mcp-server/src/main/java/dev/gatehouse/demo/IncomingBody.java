package dev.gatehouse.demo;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** What has arrived of a body (Servlet 6.0 §3.7); used by one thread after another. */
final class IncomingBody implements ReadListener, AsyncListener {

  private final ServletInputStream in;
  private final int longest;
  private final Semaphore room;
  private final long announced;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final byte[] buffer = new byte[4 << 10];
  private @Nullable AsyncContext async;
  private int status = HttpServletResponse.SC_OK;
  private int reserved;
  private boolean released;

  /**
   * Creates an empty body.
   *
   * @param room the bytes that all bodies may still take beyond those that each one may
   */
  IncomingBody(HttpServletRequest request, int longest, Semaphore room) throws IOException {
    this.in = request.getInputStream();
    this.longest = longest;
    this.room = room;
    this.announced = request.getContentLengthLong();
  }

  /** Reads without blocking; returns whether that was all. */
  boolean readAvailable() {
    try {
      while (in.available() > 0) {
        if (!readSome()) {
          return true;
        }
      }
      // Jetty notices the end of a body only when one reads beyond it.
      return in.isFinished() || received.size() == announced;
    } catch (IOException e) {
      status = HttpServletResponse.SC_BAD_REQUEST;
      return true;
    }
  }

  /**
   * Takes the room that the received bytes need while more are awaited.
   *
   * @return false if there is none; then the response is 503
   */
  synchronized boolean reserve() {
    int more = received.size() - BodyReceiver.KEPT_OF_EACH - reserved;
    if (more <= 0) {
      return true;
    }
    if (released || !room.tryAcquire(more)) {
      status = HttpServletResponse.SC_SERVICE_UNAVAILABLE;
      return false;
    }
    reserved += more;
    return true;
  }

  /** Leaves the room to other bodies. */
  synchronized void release() {
    released = true;
    room.release(reserved);
    reserved = 0;
  }

  /** Dispatches the request again when the body has arrived or its time is over. */
  void await(AsyncContext context) {
    async = context;
    context.addListener(this);
    in.setReadListener(this);
  }

  /** 200 if the body was received, up to the limit; otherwise the status of the response. */
  int status() {
    return status;
  }

  byte[] content() {
    return received.toByteArray();
  }

  /** Reads once; returns whether more is expected. */
  private boolean readSome() throws IOException {
    // One byte beyond the limit shows the servlet that the body is too long.
    int read = in.read(buffer, 0, Math.min(buffer.length, longest + 1 - received.size()));
    if (read < 0) {
      return false;
    }
    received.write(buffer, 0, read);
    return received.size() <= longest;
  }

  @Override
  public void onDataAvailable() throws IOException {
    while (in.isReady()) {
      if (in.isFinished() || !readSome()) {
        end(HttpServletResponse.SC_OK);
        return;
      }
      if (!reserve()) {
        end(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        return;
      }
    }
  }

  @Override
  public void onAllDataRead() {
    end(HttpServletResponse.SC_OK);
  }

  @Override
  public void onError(Throwable failure) {
    end(HttpServletResponse.SC_BAD_REQUEST);
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    end(HttpServletResponse.SC_REQUEST_TIMEOUT);
  }

  /** Synchronized, so that a time-out beside the last byte finds the request dispatched. */
  private synchronized void end(int result) {
    AsyncContext context = async;
    if (context != null) {
      async = null;
      status = result;
      context.dispatch();
    }
  }

  @Override
  public void onError(AsyncEvent event) {}

  @Override
  public void onComplete(AsyncEvent event) {
    release(); // also if the request could not be dispatched
  }

  @Override
  public void onStartAsync(AsyncEvent event) {}
}
