package dev.gatehouse.internal.mcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The data of an event: its lines with a line feed between them. Messages have one line as a rule,
 * whose data is read and edited where it is.
 */
final class EventData {

  private static final byte[] LINE_FEED = {'\n'};

  private final byte[] bytes;
  private final int start;
  private final int end;
  private final List<EventLine> lines = new ArrayList<>(1);

  /**
   * Finds the data of an event.
   *
   * @param bytes contain the event
   * @param start where it begins
   * @param end where it ends
   */
  EventData(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    for (int at = start; at < end; ) {
      EventLine line = EventLine.at(bytes, at, end);
      if (line.isData()) {
        lines.add(line);
      }
      at = line.next();
    }
  }

  /** Data that is no object and no array is no message: the old transport sends an address. */
  FilterOutcome filter(MessageFilter messages) {
    if (lines.size() != 1) {
      byte[] joined = joined();
      return MessageFilter.mayBeMessage(joined, 0, joined.length)
          ? messages.filter(joined, 0, joined.length)
          : FilterOutcome.UNCHANGED;
    }
    EventLine line = lines.get(0);
    return MessageFilter.mayBeMessage(bytes, line.valueStart(), line.end())
        ? messages.filter(bytes, line.valueStart(), line.end())
        : FilterOutcome.UNCHANGED;
  }

  private byte[] joined() {
    ByteArrayOutputStream data = new ByteArrayOutputStream(lines.isEmpty() ? 0 : end - start);
    for (EventLine line : lines) {
      if (line.start() > lines.get(0).start()) {
        data.write('\n');
      }
      data.write(bytes, line.valueStart(), line.end() - line.valueStart());
    }
    return data.toByteArray();
  }

  /** Writes the event with edited data. */
  void write(Edits edits, ByteTarget out) throws IOException {
    if (lines.size() == 1) {
      EventLine line = lines.get(0);
      out.write(bytes, start, line.valueStart() - start);
      edits.write(bytes, line.valueStart(), line.end(), out);
      out.write(bytes, line.end(), end - line.end());
    } else {
      byte[] joined = joined();
      ByteArrayOutputStream edited = new ByteArrayOutputStream(joined.length);
      edits.write(joined, 0, joined.length, edited::write);
      write(edited.toString(StandardCharsets.UTF_8), out);
    }
  }

  /** Writes the event with other data in the place of its first line with data. */
  void write(String data, ByteTarget out) throws IOException {
    int at = start;
    for (EventLine line : lines) {
      out.write(bytes, at, line.start() - at);
      if (line.start() == lines.get(0).start()) {
        writeInstead(line, data, out);
      }
      at = line.next();
    }
    out.write(bytes, at, end - at);
  }

  /** Writes the data with the terminator of this line. */
  private void writeInstead(EventLine line, String data, ByteTarget out) throws IOException {
    boolean hasSpace = line.valueStart() > start && bytes[line.valueStart() - 1] == ' ';
    String name = hasSpace ? "data: " : "data:";
    for (String part : data.split("\n", -1)) {
      byte[] field = (name + part).getBytes(StandardCharsets.UTF_8);
      out.write(field, 0, field.length);
      if (line.next() > line.end()) {
        out.write(bytes, line.end(), line.next() - line.end());
      } else {
        out.write(LINE_FEED, 0, 1);
      }
    }
  }
}
