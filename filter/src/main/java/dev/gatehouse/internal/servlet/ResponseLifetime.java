package dev.gatehouse.internal.servlet;

import dev.gatehouse.internal.servlet.EventStreamResponse.IoAction;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time between the admission of a request and the end of its response, which either the servlet
 * ends or we do. One object for all dispatches of the request. Thread-safe.
 *
 * <p>Ending a response from outside is safe only while the container has not ended it, because
 * containers reuse the objects of a request. So exactly one side changes the state from {@code
 * OPEN}; and only while no thread writes, because a container's response supports one thread at a
 * time. A write under way is not interrupted: the thread that writes ends the response afterwards.
 *
 * <p>Every admitted request has such an object, but few responses are streams. So it is small, the
 * lock is created when something is locked, and nothing is written that has not changed.
 */
public final class ResponseLifetime {

  private static final Logger log = LoggerFactory.getLogger(ResponseLifetime.class);

  /** Is told when a response becomes an event stream, and when that has finished. */
  public interface Watcher {

    /** Called at most once, before the first event is written. */
    void opened(ResponseLifetime response);

    /** Called once or more often if the response has become an event stream. */
    void finished(ResponseLifetime response);
  }

  private enum State {
    OPEN,
    /** Ended by us. */
    ENDED,
    /** Ended by the servlet or by the container. */
    COMPLETED
  }

  private static final AtomicReferenceFieldUpdater<ResponseLifetime, State> STATE =
      AtomicReferenceFieldUpdater.newUpdater(ResponseLifetime.class, State.class, "state");

  private static final AtomicIntegerFieldUpdater<ResponseLifetime> DISPATCHES =
      AtomicIntegerFieldUpdater.newUpdater(ResponseLifetime.class, "dispatches");

  private final Watcher watcher;

  /**
   * Held while anything writes to a stream; no monitor, which would pin virtual threads. Null until
   * it is needed.
   */
  private volatile @Nullable ReentrantLock writing;

  private volatile State state = State.OPEN;

  /** How many dispatches of the request are inside the chain, on one thread. */
  private volatile int dispatches;

  private volatile boolean endRequested;

  /** The container's own; null unless the response is async and not dispatched again. */
  private volatile @Nullable AsyncContext async;

  /** Whether the container will dispatch the request once more. */
  private volatile boolean redispatched;

  /** Closes the container's body; null until the response is an event stream. */
  private volatile @Nullable Closeable body;

  /** Null unless the servlet writes without blocking. */
  private volatile @Nullable NonBlockingStream nonBlocking;

  public ResponseLifetime(Watcher watcher) {
    this.watcher = watcher;
  }

  /**
   * Passes a dispatch of the request down the chain.
   *
   * @param response what the rest of the chain gets
   * @param given the response that the filter has got, inside the wrappers of this dispatch
   */
  public void run(
      HttpServletRequestWrapper request,
      HttpServletResponse response,
      HttpServletResponse given,
      FilterChain chain)
      throws IOException, ServletException {
    enter();
    try {
      passOn(request, response, chain);
      if (isOver(request) && !redispatched && !endRequested) {
        FinishableResponse.finishAll(response, inside(request, response, given), () -> {});
      }
    } finally {
      leave(request, response);
    }
  }

  /** The wrappers of an earlier dispatch are finished, too, at the end of one that ends all. */
  @SuppressWarnings("ReferenceEquality") // no wrapper of this dispatch
  private static @Nullable ServletResponse inside(
      HttpServletRequest request, HttpServletResponse response, HttpServletResponse given) {
    if (response != given) {
      return given;
    }
    DispatcherType type = request.getDispatcherType();
    return type == DispatcherType.ASYNC || type == DispatcherType.FORWARD ? null : given;
  }

  private void enter() {
    if (body == null) {
      DISPATCHES.lazySet(this, dispatches + 1); // only streams are ended by others
    } else {
      DISPATCHES.incrementAndGet(this);
    }
    if (dispatches == 1) {
      begin();
    }
  }

  private void begin() {
    if (async != null || redispatched) {
      async = null;
      redispatched = false;
    }
    if (state == State.COMPLETED) { // an error page writes after the servlet
      STATE.compareAndSet(this, State.COMPLETED, State.OPEN);
    }
  }

  /** A servlet may pass on the failure of its write: the container would report it as an error. */
  private static void passOn(
      HttpServletRequestWrapper request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      chain.doFilter(request, response);
    } catch (IOException | ServletException | RuntimeException e) {
      if (!TokenEndedException.isCauseOf(e)) {
        throw e;
      }
      log.debug("the servlet has written to a stream that had ended", e);
    }
  }

  /** Tomcat says that async processing goes on even if the servlet has completed it meanwhile. */
  private boolean isOver(HttpServletRequestWrapper request) {
    return !request.isAsyncStarted() || state == State.COMPLETED;
  }

  private void leave(HttpServletRequestWrapper request, HttpServletResponse response) {
    boolean asyncStarted = request.isAsyncStarted();
    if (asyncStarted && async == null && body != null && !redispatched) {
      // The servlet started it past our wrapper.
      asyncStarted(
          ((HttpServletRequest) request.getRequest()).getAsyncContext(), request, response);
    }
    int left = DISPATCHES.decrementAndGet(this);
    if (state == State.ENDED) {
      ReentrantLock lock = writing();
      lock.lock(); // the container must wait until the body is closed
      try {
        log.debug("the servlet has left a response that had ended");
      } finally {
        lock.unlock();
      }
    }
    if (left == 0 && !asyncStarted && !redispatched) {
      completed();
    }
  }

  private void completed() {
    STATE.compareAndSet(this, State.OPEN, State.COMPLETED);
    if (async != null) {
      async = null;
    }
    if (body != null) { // opened() looks at the state after it has set the body
      body = null;
      watcher.finished(this);
    }
  }

  /**
   * Called for each start of async processing.
   *
   * @return what the servlet gets instead
   */
  AsyncContext asyncStarted(
      AsyncContext started, ServletRequest request, ServletResponse response) {
    if (started instanceof DelegatingAsyncContext wrapped && wrapped.belongsTo(this)) {
      return started; // the filter is mapped twice
    }
    started.addListener(new Completion());
    async = started;
    endIfRequested();
    if (state == State.ENDED) {
      complete(started); // no later call does it if the body was closed before this one
    }
    return new DelegatingAsyncContext(started, this, request, response);
  }

  /** Called when the response turns out to be an event stream. */
  void opened(Closeable body) {
    boolean first = this.body == null;
    this.body = body;
    if (first && state == State.OPEN) {
      watcher.opened(this);
      if (state != State.OPEN) {
        watcher.finished(this); // the container may have completed it before the watcher knew it
      }
    }
  }

  /** Whether the response is a stream that is open or has been ended by us. */
  boolean isStream() {
    return body != null || endRequested;
  }

  /** Writes, unless the response has ended. */
  void write(IoAction write) throws IOException {
    lock();
    try {
      throwIfEnded();
      write.run();
    } finally {
      unlock();
    }
  }

  private ReentrantLock writing() {
    ReentrantLock lock = writing;
    return lock == null ? newWriting() : lock;
  }

  private synchronized ReentrantLock newWriting() {
    ReentrantLock lock = writing;
    if (lock == null) {
      lock = new ReentrantLock();
      writing = lock;
    }
    return lock;
  }

  void lock() {
    writing().lock();
  }

  void unlock() {
    ReentrantLock lock = writing();
    lock.unlock();
    if (!lock.isHeldByCurrentThread()) {
      endIfRequested();
    }
  }

  boolean isEnded() {
    return endRequested;
  }

  void throwIfEnded() throws IOException {
    if (endRequested) {
      throw new TokenEndedException();
    }
  }

  /**
   * Makes all later writes fail. The caller then calls {@link #end}.
   *
   * @return whether this call did it
   */
  public synchronized boolean requestEnd() {
    if (endRequested || state != State.OPEN) {
      return false;
    }
    endRequested = true;
    return true;
  }

  /**
   * Ends the response, if that was requested, unless a thread is writing: that one does it then.
   * Blocks while the client is slow to take what was written before.
   */
  public void end() {
    endIfRequested();
  }

  private void endIfRequested() {
    if (!endRequested || state != State.OPEN) {
      return;
    }
    ReentrantLock lock = writing();
    if (!lock.tryLock()) {
      return; // whoever holds the lock calls this method when it releases it
    }
    AsyncContext toComplete = null;
    try {
      if (STATE.compareAndSet(this, State.OPEN, State.ENDED)) {
        toComplete = async;
        if (dispatches > 0) {
          closeBody(); // the container completes only after the servlet's thread has returned
        }
      }
    } finally {
      lock.unlock();
    }
    if (toComplete != null) {
      complete(toComplete); // without the lock: the servlet's listeners may wait for others
    }
    if (state == State.ENDED) {
      watcher.finished(this);
    }
  }

  private void closeBody() {
    Closeable open = body;
    if (open != null) {
      try {
        open.close();
      } catch (IOException | RuntimeException e) {
        log.debug("the body of an ended stream could not be closed", e);
      }
    }
  }

  NonBlockingStream nonBlocking(NonBlockingStream stream) {
    nonBlocking = stream;
    return stream;
  }

  private void complete(AsyncContext async) {
    NonBlockingStream stream = nonBlocking;
    if (stream == null) {
      completeNow(async);
    } else {
      stream.completeWhenWritten(() -> completeNow(async));
    }
  }

  private static void completeNow(AsyncContext async) {
    try {
      async.complete();
    } catch (RuntimeException e) {
      log.debug("the container had completed an ended stream", e); // a timeout, or a lost client
    }
  }

  /** Whether neither we nor the servlet nor the container has ended the response. */
  boolean isOpen() {
    return !endRequested && state == State.OPEN;
  }

  /** Whether the servlet may complete or dispatch: not after we have ended the response. */
  boolean mayComplete() {
    return state != State.ENDED;
  }

  /** Whether the servlet's call to complete takes effect: not after we have ended the response. */
  boolean completes() {
    STATE.compareAndSet(this, State.OPEN, State.COMPLETED);
    return mayComplete();
  }

  /** Until the next dispatch has begun, there is nothing to complete. */
  void dispatched() {
    redispatched = true;
    async = null;
  }

  /** Called before the container reuses the objects of the request. */
  private final class Completion implements AsyncListener {

    @Override
    public void onComplete(AsyncEvent event) {
      completed();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      // onComplete follows
    }

    @Override
    public void onError(AsyncEvent event) {
      // onComplete follows
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      // asyncStarted adds a new listener
    }
  }
}
