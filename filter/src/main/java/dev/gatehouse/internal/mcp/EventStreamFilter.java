package dev.gatehouse.internal.mcp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Filters the messages in an event stream as it is written, one event at a time (HTML Living
 * Standard §9.2.5, §9.2.6). An event is passed on as soon as it is complete, because clients do not
 * see it earlier either, and a comment between events as soon as its line is complete.
 *
 * <p>An event that is written at once is read where it is. Only parts of events are copied.
 */
final class EventStreamFilter {

  private static final Logger log = LoggerFactory.getLogger(EventStreamFilter.class);

  /** From this size on, an event is recognized by its beginning, if that suffices. */
  private static final int LARGE = 1024;

  /** What happens to the event that is being written. */
  private enum Current {
    /** It is held until it is complete. */
    HELD,
    /** It needs no filtering, so that it is passed on. */
    PASSED,
    /** It is too large to be held. */
    WITHHELD
  }

  private final MessageFilter messages;
  private final boolean filtersLists;
  private final @Nullable String id;
  private final int limit;

  private final HeldBytes held = new HeldBytes();
  private Current current = Current.HELD;

  /** The size from which to look again whether the event may be passed on. */
  private int nextLook = LARGE;

  /** Whether the event has a line that is no comment. */
  private boolean hasFields;

  private boolean isLineEmpty = true;
  private boolean isLineComment;
  private boolean afterCarriageReturn;

  /**
   * Creates a filter.
   *
   * @param filtersLists whether an event that can't be read is withheld
   * @param id of the request, as JSON text; null if unknown
   */
  EventStreamFilter(MessageFilter messages, boolean filtersLists, @Nullable String id) {
    this(messages, filtersLists, id, BodyLimits.LIST);
  }

  /** For tests: with another maximum size of an event that is held, in bytes. */
  EventStreamFilter(MessageFilter messages, boolean filtersLists, @Nullable String id, int limit) {
    this.messages = messages;
    this.filtersLists = filtersLists;
    this.id = id;
    this.limit = limit;
  }

  /** Takes a part of the stream, and writes what is now to be sent. */
  void write(byte[] bytes, int offset, int length, ByteTarget out) throws IOException {
    int end = offset + length;
    int begin = offset; // of what belongs to the event and is neither held nor sent
    int at = offset;
    while (at < end) {
      int stop = EventLine.endOf(bytes, at, end);
      if (stop > at) {
        isLineComment = isLineEmpty ? bytes[at] == ':' : isLineComment;
        isLineEmpty = false;
        afterCarriageReturn = false;
      }
      if (stop == end) {
        break;
      }
      at = stop + 1;
      boolean isRestOfTerminator = afterCarriageReturn && bytes[stop] == '\n';
      afterCarriageReturn = bytes[stop] == '\r';
      if (isRestOfTerminator && hasFields) {
        continue;
      }
      if (isLineEmpty) { // or the rest of a terminator whose line has been sent
        complete(bytes, begin, at, out);
        begin = at;
      } else if (isLineComment && !hasFields && current == Current.HELD) {
        send(bytes, begin, at, out);
        begin = at;
      } else {
        hasFields = true;
      }
      isLineEmpty = true;
    }
    hold(bytes, begin, end, out);
  }

  /** The end of the stream; clients should ignore an incomplete event, but need not. */
  void end(ByteTarget out) throws IOException {
    complete(held.array(), 0, 0, out);
  }

  /** Whether the rest of the line needs no filtering, so that it need not be written here. */
  boolean isPassing() {
    return current == Current.PASSED;
  }

  /** Takes note of a part of a line that was not written here, because it needs no filtering. */
  void passed() {
    isLineEmpty = false;
    afterCarriageReturn = false;
  }

  /** Sends what is held and the rest, and expects the next event. */
  private void send(byte[] bytes, int start, int end, ByteTarget out) throws IOException {
    if (!held.isEmpty()) {
      out.write(held.array(), 0, held.size());
    }
    if (end > start) {
      out.write(bytes, start, end - start);
    }
    next();
  }

  private void next() {
    held.clear();
    current = Current.HELD;
    nextLook = LARGE;
    hasFields = false;
    isLineEmpty = true;
  }

  /** Takes a part of an incomplete event. */
  private void hold(byte[] bytes, int start, int end, ByteTarget out) throws IOException {
    int at = start;
    while (at < end && current == Current.HELD) {
      int most = filtersLists ? Integer.MAX_VALUE : Math.max(LARGE, held.size());
      int size = Utf8Text.part(bytes, at, end - at, most);
      if (size > limit - held.size()) {
        current = Current.WITHHELD;
        held.clear();
      } else {
        held.add(bytes, at, size);
        at += size;
        passIfHarmless(out);
      }
    }
    if (at < end && current == Current.PASSED) {
      out.write(bytes, at, end - at);
    }
  }

  private void passIfHarmless(ByteTarget out) throws IOException {
    if (held.size() >= nextLook) {
      nextLook = 2 * held.size();
      if (isHarmless(held.array(), 0, held.size())) {
        current = Current.PASSED;
        out.write(held.array(), 0, held.size());
        held.clear();
      }
    }
  }

  /** Whether the first line with data shows that the event has neither a list nor an error. */
  private boolean isHarmless(byte[] bytes, int start, int end) {
    if (filtersLists) {
      return false;
    }
    for (int at = start; at < end; ) {
      EventLine line = EventLine.at(bytes, at, end);
      if (line.isData()) {
        return MessageFilter.kind(bytes, line.valueStart(), line.end()) == MessageFilter.Kind.OTHER;
      }
      at = line.next();
    }
    return false;
  }

  /** Sends the event, whose rest is given, as far as it may be sent. */
  private void complete(byte[] bytes, int start, int end, ByteTarget out) throws IOException {
    if (current == Current.HELD && held.isEmpty() && end - start <= limit) {
      filter(bytes, start, end, out);
    } else {
      hold(bytes, start, end, out);
      if (current == Current.HELD) {
        filter(held.array(), 0, held.size(), out);
      } else if (current == Current.WITHHELD) {
        log.warn("withheld an event of more than {} bytes: it could not be filtered", limit);
        byte[] event = ("data: " + refusal() + "\n\n").getBytes(StandardCharsets.US_ASCII);
        out.write(event, 0, event.length);
      }
    }
    next();
  }

  private void filter(byte[] bytes, int start, int end, ByteTarget out) throws IOException {
    if (start == end) {
      return;
    }
    if (end - start >= LARGE && isHarmless(bytes, start, end)) {
      out.write(bytes, start, end - start);
      return;
    }
    EventData data = new EventData(bytes, start, end);
    FilterOutcome outcome = data.filter(messages);
    if (outcome instanceof FilterOutcome.Changed changed) {
      data.write(changed.edits(), out);
    } else if (outcome instanceof FilterOutcome.Unusable unusable) {
      log.warn("withheld an event, because its lists can't be read: {}", unusable.reason());
      data.write(refusal(), out);
    } else {
      out.write(bytes, start, end - start);
    }
  }

  private String refusal() {
    return ErrorBody.generic(500, id);
  }
}
