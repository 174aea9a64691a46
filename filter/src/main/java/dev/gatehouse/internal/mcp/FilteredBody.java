package dev.gatehouse.internal.mcp;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The body of a response as its servlet writes it. When it begins, the status and the headers tell
 * what has to be done: event streams are filtered as they are written, JSON and errors are kept
 * until they are complete, everything else is passed on.
 *
 * <p>Guarded by the lock of {@link ResponseBody}.
 */
final class FilteredBody {

  private enum Mode {
    /** The servlet may still change status and headers. */
    UNDECIDED,
    PASSED,
    EVENTS,
    KEPT,
    ENDED
  }

  private static final Logger log = LoggerFactory.getLogger(FilteredBody.class);

  /**
   * A body that may need no filtering is encoded and kept in parts of this size until it passes.
   */
  private static final int PART = BodyLimits.UNDECIDED;

  private final FilteredResponse response;
  private final boolean filtersEvents;
  private final boolean filtersJson;
  private final @Nullable String id;
  private final @Nullable ListVisibility lists;

  /** Null until the body turns out to be an event stream. */
  private @Nullable EventStreamFilter events;

  private final KeptBody kept;
  private final Utf8Text utf8 = new Utf8Text();
  private volatile Mode mode = Mode.UNDECIDED;
  private @Nullable BodySink sink;

  /** Null until the body is being sent. */
  private volatile @Nullable Charset sentCharset;

  /**
   * Creates an empty body.
   *
   * @param isPost whether the response must be JSON-RPC if there are lists to filter. Of other
   *     methods, only event streams are filtered, and only what is JSON-RPC in them.
   */
  FilteredBody(
      FilteredResponse response,
      @Nullable String id,
      @Nullable ListVisibility lists,
      boolean isPost) {
    this.response = response;
    this.id = id;
    this.lists = lists;
    this.filtersEvents = lists != null;
    this.filtersJson = lists != null && isPost;
    this.kept = new KeptBody(response, isPost ? lists : null, id);
  }

  private EventStreamFilter events() {
    EventStreamFilter filter = events;
    if (filter == null) {
      filter = new EventStreamFilter(new MessageFilter(lists, filtersJson), filtersEvents, id);
      events = filter;
    }
    return filter;
  }

  void setSink(@Nullable BodySink sink) {
    this.sink = sink;
  }

  /** Null if neither the servlet nor this body has needed one. */
  @Nullable BodySink currentSink() {
    return sink;
  }

  private void send(byte[] bytes, int offset, int length) throws IOException {
    if (sink == null) {
      sink = response.defaultSink();
    }
    sink.write(bytes, offset, length);
  }

  /** In which a servlet's output stream prints text; needs no lock. */
  Charset charset() {
    Charset known = sentCharset; // the container may have recycled its response
    if (known != null) {
      return known;
    }
    String encoding = response.getCharacterEncoding();
    return encoding == null ? StandardCharsets.ISO_8859_1 : Charset.forName(encoding);
  }

  /** Needs no lock. */
  boolean hasEnded() {
    return mode == Mode.ENDED;
  }

  /** Whether what is written is sent at once; needs no lock. */
  boolean isSending() {
    return mode == Mode.PASSED || mode == Mode.EVENTS;
  }

  /** Whether the servlet has written nothing. */
  boolean isUntouched() {
    return mode == Mode.UNDECIDED && kept.size() == 0;
  }

  void reset() {
    kept.reset();
    utf8.reset();
    sentCharset = null;
    events = null;
    mode = Mode.UNDECIDED;
  }

  /** Writes text; to the target itself as far as nothing has to be filtered. */
  void write(String text, PrintWriter target) throws IOException {
    TextLines lines = new TextLines(text);
    int at = 0;
    while (at < text.length()) {
      int passing = passingEnd(lines, at, text.length());
      if (passing > at) {
        target.write(utf8.rest() + text.substring(at, passing));
        at = passing;
      } else {
        int end = lists == null ? Math.min(text.length(), at + PART) : text.length();
        take(utf8.encode(text.substring(at, end)));
        at = end;
      }
    }
  }

  /** Up to where a text needs no filtering. */
  private int passingEnd(TextLines lines, int at, int length) {
    if (mode == Mode.PASSED) {
      return length;
    }
    if (mode != Mode.EVENTS || !events().isPassing()) {
      return at;
    }
    int end = lines.endOf(at);
    if (end > at) {
      events().passed();
    }
    return end;
  }

  /** Takes an array over: the caller does not use it again. */
  private void take(byte[] own) throws IOException {
    if (own.length > PART && mode == Mode.UNDECIDED) {
      decide();
    }
    if (mode != Mode.KEPT || kept.isUnrecognized()) {
      write(own, 0, own.length);
    } else {
      kept.keepOwn(own);
    }
  }

  void write(byte[] bytes, int offset, int length) throws IOException {
    int end = offset + length;
    int at = offset;
    while (at < end) { // Tomcat refuses to write nothing after a response without a body
      int size = end - at;
      switch (mode) {
        case UNDECIDED -> {
          if (size > BodyLimits.UNDECIDED - kept.size()) {
            decide();
            size = 0;
          } else {
            kept.add(bytes, at, size);
          }
        }
        case PASSED -> send(bytes, at, size);
        case EVENTS -> events().write(bytes, at, size, this::send);
        case KEPT -> {
          size = kept.isUnrecognized() ? Utf8Text.part(bytes, at, size, PART) : size;
          if (kept.keep(bytes, at, size)) {
            pass();
          }
        }
        case ENDED -> {} // as a container ignores what is written after the end
      }
      at += size;
    }
  }

  void decide() throws IOException {
    if (mode != Mode.UNDECIDED) {
      return;
    }
    boolean isReadable = response.unreadable() == null;
    if (response.hasNoBody()) {
      pass();
    } else if (response.isError()) {
      mode = Mode.KEPT;
    } else if (response.hasType("text/event-stream") && (isReadable || filtersEvents)) {
      if (isReadable) {
        sentCharset = charset();
        mode = Mode.EVENTS;
        sendEvents();
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
    kept.moveTo(this::send);
  }

  private void sendEvents() throws IOException {
    kept.moveTo((bytes, offset, length) -> events().write(bytes, offset, length, this::send));
  }

  /** Sends what has been kept. */
  void end() throws IOException {
    byte[] rest = utf8.end();
    write(rest, 0, rest.length);
    decide();
    Mode before = mode;
    mode = Mode.ENDED;
    if (before == Mode.EVENTS) {
      events().end(this::send);
    } else if (before == Mode.KEPT) {
      release();
    }
  }

  private void release() throws IOException {
    FilterOutcome outcome = kept.outcome();
    if (outcome instanceof FilterOutcome.Changed changed) {
      kept.moveTo(this::send, changed.edits());
    } else if (outcome instanceof FilterOutcome.Replaced replaced) {
      log.debug("replaced the body of a response with status {}", replaced.status());
      replace(replaced.status(), replaced.json());
    } else if (outcome instanceof FilterOutcome.Unusable unusable) {
      withhold(unusable.reason());
    } else if (response.isError() && response.hasType("text/event-stream")) {
      sendEvents(); // they may have lists
      events().end(this::send);
    } else {
      response.sendContentLength();
      kept.moveTo(this::send);
    }
  }

  private void withhold(String reason) throws IOException {
    log.warn("withheld a response, because it can't be filtered: {}", reason);
    replace(500, ErrorBody.generic(500, id));
  }

  /** Ends the body with this JSON in ASCII instead of what has been kept. */
  void replace(int status, String json) throws IOException {
    discard();
    if (response.prepareReplacement(status)) {
      byte[] bytes = json.getBytes(StandardCharsets.US_ASCII);
      send(bytes, 0, bytes.length);
    }
  }

  /** Ends the body and forgets it. */
  void discard() {
    mode = Mode.ENDED;
    kept.reset();
    utf8.reset();
  }
}
