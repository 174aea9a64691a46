package dev.gatehouse.internal.mcp;

import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The body of a response as its servlet writes it. When it begins, the status and the headers tell
 * what has to be done: event streams are filtered as they are written, JSON and errors are kept
 * until they are complete, everything else is passed on.
 *
 * <p>This class is thread-safe: events may be written by several threads.
 */
final class ResponseBody {

  private enum Mode {
    /** The servlet may still change status and headers. */
    UNDECIDED,
    PASSED,
    EVENTS,
    KEPT,
    ENDED
  }

  private static final Logger log = LoggerFactory.getLogger(ResponseBody.class);

  /** Held while anything writes; no monitor, which would pin virtual threads. */
  private final ReentrantLock lock = new ReentrantLock();

  private final FilteredResponse response;
  private final boolean filtersEvents;
  private final boolean filtersJson;
  private final @Nullable String id;
  private final @Nullable ListVisibility lists;
  private final boolean isPost;

  /** Null until the body turns out to be an event stream. */
  private @Nullable EventStreamFilter events;

  private final KeptBody kept;
  private final Utf8Text text = new Utf8Text();
  private volatile Mode mode = Mode.UNDECIDED;
  private @Nullable BodySink sink;

  /** Whether the servlet has flushed, after which it can't change status and headers. */
  private volatile boolean flushed;

  /** Null until the body is being sent. */
  private volatile @Nullable Charset sentCharset;

  private @Nullable NonBlockingWriting nonBlocking;

  /**
   * Creates an empty body.
   *
   * @param isPost whether the response must be JSON-RPC if there are lists to filter. Of other
   *     methods, only event streams are filtered, and only what is JSON-RPC in them.
   */
  ResponseBody(
      FilteredResponse response,
      @Nullable String id,
      @Nullable ListVisibility lists,
      boolean isPost) {
    this.response = response;
    this.id = id;
    this.lists = lists;
    this.isPost = isPost;
    this.filtersEvents = lists != null;
    this.filtersJson = lists != null && isPost;
    this.kept = new KeptBody(response, isPost ? lists : null, id);
  }

  private EventStreamFilter events() {
    EventStreamFilter filter = events;
    if (filter == null) {
      filter = new EventStreamFilter(new MessageFilter(lists, isPost), filtersEvents, id);
      events = filter;
    }
    return filter;
  }

  void setSink(@Nullable BodySink sink) {
    this.sink = sink;
  }

  /** In which a servlet's output stream prints text. */
  Charset charset() {
    Charset known = sentCharset; // the container may have recycled its response
    if (known != null) {
      return known;
    }
    String encoding = response.getCharacterEncoding();
    return encoding == null ? StandardCharsets.ISO_8859_1 : Charset.forName(encoding);
  }

  boolean isCommitted() {
    return flushed || mode == Mode.ENDED;
  }

  /** Whether what is written is sent at once. */
  boolean isSending() {
    return mode == Mode.PASSED || mode == Mode.EVENTS;
  }

  /** Forgets what has been kept; false if it is too late. */
  boolean reset() {
    lock.lock();
    try {
      if (isCommitted()) {
        return false;
      }
      kept.reset();
      text.reset();
      sentCharset = null;
      events = null;
      mode = Mode.UNDECIDED;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void write(byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      take(bytes, offset, length);
    } finally {
      lock.unlock();
    }
  }

  /** Writes text; to the target itself if nothing has to be filtered. */
  void write(String characters, PrintWriter target) throws IOException {
    lock.lock();
    try {
      if (mode == Mode.PASSED) {
        target.write(text.rest() + characters);
      } else {
        byte[] bytes = text.encode(characters);
        take(bytes, 0, bytes.length);
      }
    } finally {
      lock.unlock();
    }
  }

  private void take(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return; // Tomcat refuses even that after a response without a body
    }
    switch (mode) {
      case UNDECIDED -> {
        kept.add(bytes, offset, length);
        if (kept.size() > BodyLimits.UNDECIDED) {
          decide();
        }
      }
      case PASSED -> sink().write(bytes, offset, length);
      case EVENTS -> send(events().write(bytes, offset, length));
      case KEPT -> {
        if (kept.keep(bytes, offset, length)) {
          pass();
        }
      }
      case ENDED -> {} // as a container ignores what is written after the end
    }
  }

  private void decide() throws IOException {
    boolean isReadable = response.unreadable() == null;
    if (response.hasNoBody()) {
      pass();
    } else if (response.isError()) {
      mode = Mode.KEPT;
    } else if (response.hasType("text/event-stream") && (isReadable || filtersEvents)) {
      if (isReadable) {
        sentCharset = charset();
        mode = Mode.EVENTS;
        byte[] begin = kept.take();
        send(events().write(begin, 0, begin.length));
      } else {
        withhold(String.valueOf(response.unreadable()));
      }
    } else if (filtersJson || (response.hasType("application/json") && isReadable)) {
      mode = Mode.KEPT;
      if (kept.isHarmless()) {
        pass();
      }
    } else {
      pass();
    }
  }

  private void pass() throws IOException {
    sentCharset = charset();
    mode = Mode.PASSED;
    response.sendContentLength();
    send(kept.take());
  }

  private void send(byte[] bytes) throws IOException {
    if (bytes.length > 0) {
      sink().write(bytes, 0, bytes.length);
    }
  }

  private BodySink sink() throws IOException {
    if (sink == null) {
      sink = response.defaultSink();
    }
    return sink;
  }

  void flush() throws IOException {
    lock.lock();
    try {
      if (mode == Mode.UNDECIDED) {
        decide();
      }
      flushed = true;
      if (isSending()) {
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

  /** Ends the body as {@link #end} does, and the container's output with it. */
  void close() throws IOException {
    lock.lock();
    try {
      boolean isFirst = mode != Mode.ENDED;
      end();
      if (isFirst && sink != null) {
        sink.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sends what has been kept. */
  void end() throws IOException {
    lock.lock();
    try {
      byte[] rest = text.end();
      take(rest, 0, rest.length);
      if (mode == Mode.UNDECIDED) {
        decide();
      }
      Mode before = mode;
      mode = Mode.ENDED;
      if (before == Mode.EVENTS) {
        send(events().end());
      } else if (before == Mode.KEPT) {
        release();
      }
    } finally {
      lock.unlock();
    }
  }

  private void release() throws IOException {
    FilterOutcome outcome = kept.outcome();
    if (outcome instanceof FilterOutcome.Changed changed) {
      send(changed.json());
    } else if (outcome instanceof FilterOutcome.Replaced replaced) {
      log.debug("replaced the body of a response with status {}", replaced.status());
      replace(replaced.status(), replaced.json());
    } else if (outcome instanceof FilterOutcome.Unusable unusable) {
      withhold(unusable.reason());
    } else if (response.isError() && response.hasType("text/event-stream")) {
      byte[] all = kept.take(); // its events may have lists
      send(events().write(all, 0, all.length));
      send(events().end());
    } else {
      response.sendContentLength();
      send(kept.take());
    }
  }

  private void withhold(String reason) throws IOException {
    log.warn("withheld a response, because its lists can't be filtered: {}", reason);
    replace(500, ErrorBody.generic(500, id));
  }

  /** Ends the body with this JSON in ASCII instead of what has been kept. */
  private void replace(int status, String json) throws IOException {
    mode = Mode.ENDED;
    kept.reset();
    text.reset();
    if (response.prepareReplacement(status)) {
      send(json.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Responds with a JSON-RPC error instead of the container's page. */
  void sendError(int status, @Nullable String message) throws IOException {
    lock.lock();
    try {
      replace(status, ErrorBody.withMessage(status, message, id));
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the body: the container sends another one. */
  void discard() {
    lock.lock();
    try {
      if (!isCommitted()) {
        mode = Mode.ENDED;
        kept.reset();
      }
    } finally {
      lock.unlock();
    }
  }

  void setWriteListener(WriteListener listener) {
    if (!(sink instanceof StreamSink stream)) {
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
      if (mode != Mode.UNDECIDED || kept.size() > 0 || flushed) {
        end();
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
