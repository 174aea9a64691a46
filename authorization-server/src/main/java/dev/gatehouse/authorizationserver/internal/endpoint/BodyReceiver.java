package dev.gatehouse.authorizationserver.internal.endpoint;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Receives request bodies within one deadline for the whole body, without a thread that waits for
 * bytes (Servlet 6.0 §3.7): a caller cannot take the container's threads by sending slowly.
 *
 * <p>Where the container or a filter does not support asynchronous requests, threads do wait, but
 * only {@value #MAX_WAITING} of them. A read that blocks cannot be interrupted there, so it may
 * exceed the deadline by the container's own read timeout.
 */
final class BodyReceiver {
  /** For the whole body; any real client sends it at once. */
  static final Duration DEADLINE = Duration.ofSeconds(10);

  /**
   * Longer bodies are not discarded, so the client may miss the response. All others are read to
   * their end: the container would close the connection on a client that is still sending.
   */
  private static final int MAX_DISCARDED = 1024 * 1024;

  private static final int MAX_WAITING = 8;

  /** Of each body that has not arrived completely; most bodies are shorter. */
  static final int KEPT_OF_EACH = 8 * 1024;

  /** Beyond that, of all bodies together: the heap must not depend on the number of callers. */
  static final int KEPT_OF_ALL = 4 * 1024 * 1024;

  private static final int BUFFER = 4 * 1024;

  private final Duration deadline;
  private final Semaphore waiting = new Semaphore(MAX_WAITING);
  private final Semaphore room = new Semaphore(KEPT_OF_ALL);

  BodyReceiver(Duration deadline) {
    this.deadline = deadline;
  }

  /**
   * Receives the body of a request.
   *
   * @param expected whether the endpoint reads a body of this request
   * @return empty when the body has not arrived yet: the request is then dispatched again with the
   *     body attached to it
   */
  Optional<BoundedBody> receive(
      HttpServletRequest request, ServletResponse response, boolean expected) {
    if (!announcesBody(request)) {
      return Optional.of(BoundedBody.without(BoundedBody.End.COMPLETE));
    }
    if (!expected || request.getContentLengthLong() > MAX_DISCARDED) {
      return Optional.of(BoundedBody.without(BoundedBody.End.UNREAD));
    }
    Received received;
    try {
      received = new Received(request, room);
    } catch (IOException e) {
      return Optional.of(BoundedBody.without(BoundedBody.End.BROKEN));
    }
    boolean awaited = false;
    try {
      if (received.readAnnounced()) {
        return Optional.of(received.body());
      }
      if (!request.isAsyncSupported()) {
        return Optional.of(waitFor(received));
      }
      await(received, request, response);
      awaited = true;
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(BoundedBody.without(BoundedBody.End.BROKEN));
    } finally {
      if (!awaited) {
        received.release();
      }
    }
  }

  private void await(Received received, HttpServletRequest request, ServletResponse response) {
    AsyncContext async = request.startAsync(request, response);
    async.setTimeout(deadline.toMillis());
    Arrival arrival = new Arrival(request, async, received);
    async.addListener(arrival);
    received.in.setReadListener(arrival);
  }

  /** RFC 9112 §6.3: without either header a request has no body; HTTP/2 needs neither. */
  private static boolean announcesBody(HttpServletRequest request) {
    return request.getContentLengthLong() > 0
        || request.getHeader("Transfer-Encoding") != null
        || (request.getContentLengthLong() < 0 && !request.getProtocol().startsWith("HTTP/1"));
  }

  private BoundedBody waitFor(Received received) throws IOException {
    if (!waiting.tryAcquire()) {
      return BoundedBody.without(BoundedBody.End.BUSY);
    }
    try {
      long begin = System.nanoTime();
      while (received.readSome()) {
        if (System.nanoTime() - begin > deadline.toNanos()) {
          return BoundedBody.without(BoundedBody.End.TOO_SLOW);
        }
      }
      return received.body();
    } finally {
      waiting.release();
    }
  }

  /** What has arrived so far; used by one thread after another. */
  private static final class Received {
    private final ServletInputStream in;
    private final Semaphore room;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final long announced;
    private int total;
    private int taken;
    private boolean crowded;
    private boolean released;

    Received(HttpServletRequest request, Semaphore room) throws IOException {
      this.in = request.getInputStream();
      this.room = room;
      // RFC 9112 §6.3: Transfer-Encoding overrides Content-Length.
      this.announced =
          request.getHeader("Transfer-Encoding") == null ? request.getContentLengthLong() : -1;
    }

    /**
     * Reads what has arrived of a body of known length, without blocking; returns whether that was
     * all. Of other bodies it reads nothing: Tomcat counts parts of a chunk's head as available,
     * and reading them blocks until the rest arrives.
     */
    boolean readAnnounced() throws IOException {
      if (announced < 0) {
        return false;
      }
      while (total < announced && in.available() > 0) {
        if (!readSome()) {
          return true;
        }
      }
      // Some containers notice the end of a body only when one reads beyond it.
      return in.isFinished() || total == announced;
    }

    /** Reads what the listener may read; returns whether that was all. */
    boolean readWhileReady() throws IOException {
      while (in.isReady()) {
        if (in.isFinished() || !readSome()) {
          return true;
        }
      }
      return false;
    }

    /** Reads once; returns whether more is expected. */
    private boolean readSome() throws IOException {
      byte[] buffer = new byte[BUFFER];
      int read = in.read(buffer);
      if (read < 0) {
        return false;
      }
      total += read;
      // One byte more than the limit shows that the body is too large.
      keep(buffer, Math.min(read, BoundedBody.LONGEST + 1 - kept.size()));
      return !isTooLong() && !crowded;
    }

    private synchronized void keep(byte[] buffer, int length) {
      int more = Math.max(0, kept.size() + length - KEPT_OF_EACH) - taken;
      crowded = released || (more > 0 && !room.tryAcquire(more));
      if (!crowded) {
        taken += Math.max(0, more);
        kept.write(buffer, 0, length);
      }
    }

    /** Gives the room for other bodies back. */
    synchronized void release() {
      released = true;
      room.release(taken);
      taken = 0;
    }

    private boolean isTooLong() {
      return total > MAX_DISCARDED;
    }

    BoundedBody body() {
      if (crowded) {
        return BoundedBody.without(BoundedBody.End.BUSY);
      }
      return isTooLong()
          ? BoundedBody.without(BoundedBody.End.UNREAD)
          : new BoundedBody(kept.toByteArray(), BoundedBody.End.COMPLETE);
    }
  }

  /** Dispatches the request again as soon as its body has arrived or the deadline has passed. */
  private static final class Arrival implements ReadListener, AsyncListener {
    private final HttpServletRequest request;
    private final AsyncContext async;
    private final Received received;
    private boolean ended;

    Arrival(HttpServletRequest request, AsyncContext async, Received received) {
      this.request = request;
      this.async = async;
      this.received = received;
    }

    @Override
    public void onDataAvailable() throws IOException {
      if (received.readWhileReady()) {
        end(received.body());
      }
    }

    @Override
    public void onAllDataRead() {
      end(received.body());
    }

    @Override
    public void onError(Throwable failure) {
      end(BoundedBody.without(BoundedBody.End.BROKEN));
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      end(BoundedBody.without(BoundedBody.End.TOO_SLOW));
    }

    /** Synchronized, so that a time-out beside the last byte finds the request dispatched. */
    private synchronized void end(BoundedBody body) {
      if (!ended) {
        ended = true;
        received.release();
        body.attachTo(request);
        async.dispatch();
      }
    }

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onComplete(AsyncEvent event) {
      received.release();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
