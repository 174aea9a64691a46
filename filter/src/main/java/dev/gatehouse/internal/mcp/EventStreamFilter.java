package dev.gatehouse.internal.mcp;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Filters the messages in an event stream as it is written, one event at a time (HTML Living
 * Standard §9.2.5, §9.2.6). An event is passed on as soon as it is complete, because clients do not
 * see it earlier either, and a comment between events as soon as its line is complete.
 */
final class EventStreamFilter {

  private static final Logger log = LoggerFactory.getLogger(EventStreamFilter.class);

  /** From this size on, an event is recognized by its beginning, if that suffices. */
  private static final int LARGE = 1024;

  private final MessageFilter messages;
  private final boolean filtersLists;
  private final @Nullable String id;
  private final int limit;

  /** What has been written of the current event, or of the comment before it. */
  private final HeldBytes event = new HeldBytes();

  private int lineStart;
  private int lineLength;
  private boolean afterCarriageReturn;
  private boolean hasFields;
  private int nextLook = LARGE;

  /** The rest of the event is passed on: it needs no filtering. */
  private boolean passing;

  /** The rest of the event is withheld: it is too large. */
  private boolean withholding;

  private final HeldBytes out = new HeldBytes();

  /**
   * Creates a filter.
   *
   * @param filtersLists whether an event that can't be read is withheld
   * @param id of the request, as JSON text; null if unknown
   */
  EventStreamFilter(MessageFilter messages, boolean filtersLists, @Nullable String id) {
    this(messages, filtersLists, id, BodyLimits.LIST);
  }

  /** For tests: with another maximum size of an event whose lists are filtered, in bytes. */
  EventStreamFilter(MessageFilter messages, boolean filtersLists, @Nullable String id, int limit) {
    this.messages = messages;
    this.filtersLists = filtersLists;
    this.id = id;
    this.limit = limit;
  }

  /** Takes a part of the stream; returns what is now to be sent, possibly nothing. */
  byte[] write(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      int stop = at;
      while (stop < end && bytes[stop] != '\n' && bytes[stop] != '\r') {
        stop++;
      }
      if (stop > at) {
        afterCarriageReturn = false;
        take(bytes, at, stop - at);
        lineLength += stop - at;
      }
      if (stop < end) {
        lineEnd(bytes[stop]);
        stop++;
      }
      at = stop;
    }
    return taken();
  }

  /** The end of the stream; clients should ignore an incomplete event, but need not. */
  byte[] end() {
    dispatch();
    return taken();
  }

  private byte[] taken() {
    byte[] result = out.toByteArray();
    out.reset();
    return result;
  }

  private void take(byte[] bytes, int offset, int length) {
    if (withholding) {
      return;
    }
    if (passing) {
      out.write(bytes, offset, length);
      return;
    }
    if (event.size() + length > limit) {
      tooLarge(bytes, offset, length);
      return;
    }
    event.write(bytes, offset, length);
    if (!filtersLists && event.size() >= nextLook) {
      nextLook *= 2;
      passIfHarmless();
    }
  }

  private void tooLarge(byte[] bytes, int offset, int length) {
    if (filtersLists) {
      withholding = true;
      event.reset();
    } else {
      passing = true;
      event.moveTo(out);
      out.write(bytes, offset, length);
    }
  }

  /** Passes the rest of an event whose first line with data shows that it is no error. */
  private void passIfHarmless() {
    byte[] bytes = event.array();
    int start = 0;
    while (start < event.size()) {
      EventLine line = EventLine.at(bytes, start, event.size());
      if (line.isData()) {
        if (MessageFilter.kind(bytes, line.valueStart(), line.end() - line.valueStart())
            == MessageFilter.Kind.OTHER) {
          passing = true;
          event.moveTo(out);
        }
        return;
      }
      start = line.next();
    }
  }

  private void lineEnd(byte terminator) {
    byte[] one = {terminator};
    if (terminator == '\n' && afterCarriageReturn) { // the rest of a line end
      afterCarriageReturn = false;
      if (event.size() > 0 || passing || withholding) {
        take(one, 0, 1);
        lineStart = event.size();
      } else {
        out.write(terminator);
      }
      return;
    }
    afterCarriageReturn = terminator == '\r';
    boolean isComment = !hasFields && event.size() > lineStart && event.array()[lineStart] == ':';
    take(one, 0, 1);
    if (lineLength == 0) {
      dispatch();
    } else if (isComment && !passing && !withholding) {
      event.moveTo(out);
      restart();
    } else {
      hasFields = true;
    }
    lineStart = event.size();
    lineLength = 0;
  }

  private void restart() {
    event.reset();
    lineStart = 0;
    lineLength = 0;
    hasFields = false;
    passing = false;
    withholding = false;
    nextLook = LARGE;
  }

  private void dispatch() {
    if (withholding) {
      log.warn("withheld an event of more than {} bytes: its lists could not be filtered", limit);
      out.writeBytes(("data: " + refusal() + "\n\n").getBytes(StandardCharsets.UTF_8));
    } else if (!passing) {
      byte[] bytes = event.toByteArray();
      byte[] data = EventLine.joinedData(bytes);
      FilterOutcome outcome = filter(data);
      if (outcome instanceof FilterOutcome.Changed changed) {
        EventLine.writeWithData(bytes, changed.json(), out);
      } else if (outcome instanceof FilterOutcome.Unusable unusable) {
        log.warn("withheld an event, because its lists can't be read: {}", unusable.reason());
        EventLine.writeWithData(bytes, refusal().getBytes(StandardCharsets.UTF_8), out);
      } else {
        out.writeBytes(bytes);
      }
    }
    restart();
  }

  /** Data that is no object and no array is no message: the old transport sends an address. */
  private FilterOutcome filter(byte[] data) {
    int start = 0;
    while (start < data.length && " \t\r\n".indexOf(data[start]) >= 0) {
      start++;
    }
    return start < data.length && (data[start] == '{' || data[start] == '[')
        ? messages.filter(data)
        : FilterOutcome.UNCHANGED;
  }

  private String refusal() {
    return ErrorBody.generic(500, id);
  }
}
