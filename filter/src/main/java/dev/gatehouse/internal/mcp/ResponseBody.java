package dev.gatehouse.internal.mcp;

import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the output stream and the writer of a servlet do: they write to a {@link FilteredBody}, with
 * or without blocking.
 *
 * <p>This class is thread-safe: events may be written by several threads.
 */
final class ResponseBody {

  /** Held while anything writes; no monitor, which would pin virtual threads. */
  private final ReentrantLock lock = new ReentrantLock();

  private final FilteredResponse response;
  private final FilteredBody body;
  private final @Nullable String id;

  /** Whether the servlet has flushed, after which it can't change status and headers. */
  private volatile boolean flushed;

  private @Nullable NonBlockingWriting nonBlocking;

  /**
   * Creates an empty body.
   *
   * @param isPost whether the response must be JSON-RPC if there are lists to filter
   */
  ResponseBody(
      FilteredResponse response,
      @Nullable String id,
      @Nullable ListVisibility lists,
      boolean isPost) {
    this.response = response;
    this.body = new FilteredBody(response, id, lists, isPost);
    this.id = id;
  }

  void setSink(@Nullable BodySink sink) {
    body.setSink(sink);
  }

  /** In which a servlet's output stream prints text. */
  Charset charset() {
    return body.charset();
  }

  boolean isCommitted() {
    return flushed || body.hasEnded();
  }

  /** Whether what is written is sent at once. */
  boolean isSending() {
    return body.isSending();
  }

  /** Forgets what has been kept; false if it is too late. */
  boolean reset() {
    lock.lock();
    try {
      if (isCommitted()) {
        return false;
      }
      body.reset();
      return true;
    } finally {
      lock.unlock();
    }
  }

  void write(byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      body.write(bytes, offset, length);
    } finally {
      lock.unlock();
    }
  }

  /** Writes text; to the target itself as far as nothing has to be filtered. */
  void write(String text, PrintWriter target) throws IOException {
    lock.lock();
    try {
      body.write(text, target);
    } finally {
      lock.unlock();
    }
  }

  void flush() throws IOException {
    lock.lock();
    try {
      body.decide();
      flushed = true;
      if (body.isSending()) {
        BodySink sink = body.currentSink();
        if (sink == null) {
          response.flushTarget();
        } else {
          sink.flush();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the body, and the container's output with it. */
  void close() throws IOException {
    lock.lock();
    try {
      boolean isFirst = !body.hasEnded();
      body.end();
      BodySink sink = body.currentSink();
      if (isFirst && sink != null) {
        sink.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Responds with a JSON-RPC error instead of the container's page. */
  void sendError(int status, @Nullable String message) throws IOException {
    lock.lock();
    try {
      body.replace(status, ErrorBody.withMessage(status, message, id));
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the body: the container sends another one. */
  void discard() {
    lock.lock();
    try {
      if (!isCommitted()) {
        body.discard();
      }
    } finally {
      lock.unlock();
    }
  }

  void setWriteListener(WriteListener listener) {
    if (!(body.currentSink() instanceof StreamSink stream)) {
      throw new IllegalStateException("no output stream");
    }
    nonBlocking = new NonBlockingWriting(lock, stream, listener);
    stream.setNonBlocking();
    stream.target().setWriteListener(nonBlocking);
  }

  boolean isReady() {
    NonBlockingWriting writing = nonBlocking;
    return writing == null || writing.isReady();
  }

  /** Sends what has been kept, and then runs the action: at once, or when all is written. */
  void finish(Runnable then) throws IOException {
    NonBlockingWriting writing;
    lock.lock();
    try {
      // A servlet may write an error after it has completed the async processing, as long as it has
      // not returned: that is then sent when the filter finishes.
      if (!body.isUntouched() || flushed) {
        body.end();
      }
      writing = nonBlocking;
    } finally {
      lock.unlock();
    }
    if (writing == null) {
      then.run();
    } else {
      writing.whenWritten(then);
    }
  }
}
