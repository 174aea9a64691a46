package dev.gatehouse.internal.mcp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A line of an event (HTML Living Standard §9.2.6).
 *
 * @param bytes contain the line
 * @param start where it begins
 * @param end where its terminator begins
 * @param next where the next line begins
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record EventLine(byte[] bytes, int start, int end, int next) {

  private static final byte[] DATA = {'d', 'a', 't', 'a'};
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  static EventLine at(byte[] bytes, int start, int limit) {
    int end = start;
    while (end < limit && bytes[end] != '\n' && bytes[end] != '\r') {
      end++;
    }
    int next = end;
    if (next < limit && bytes[next] == '\r') {
      next++;
    }
    if (next < limit && bytes[next] == '\n') {
      next++;
    }
    return new EventLine(bytes, start, end, next);
  }

  /** A stream may begin with a byte order mark, which clients ignore. */
  private int nameStart() {
    return startsWith(start, BYTE_ORDER_MARK) ? start + BYTE_ORDER_MARK.length : start;
  }

  private boolean startsWith(int at, byte[] prefix) {
    return end - at >= prefix.length
        && Arrays.equals(bytes, at, at + prefix.length, prefix, 0, prefix.length);
  }

  boolean isData() {
    int after = nameStart() + DATA.length;
    return startsWith(nameStart(), DATA) && (after == end || bytes[after] == ':');
  }

  int valueStart() {
    int at = Math.min(nameStart() + DATA.length + 1, end);
    return at < end && bytes[at] == ' ' ? at + 1 : at;
  }

  /** The data of an event: its lines with a line feed between them. */
  static byte[] joinedData(byte[] event) {
    ByteArrayOutputStream data = new ByteArrayOutputStream(event.length);
    boolean isFirst = true;
    for (int start = 0; start < event.length; ) {
      EventLine line = at(event, start, event.length);
      if (line.isData()) {
        if (!isFirst) {
          data.write('\n');
        }
        isFirst = false;
        data.write(event, line.valueStart(), line.end - line.valueStart());
      }
      start = line.next;
    }
    return data.toByteArray();
  }

  /** Writes the event with other data in the place of its first line with data. */
  static void writeWithData(byte[] event, byte[] data, ByteArrayOutputStream out) {
    boolean isFirst = true;
    for (int start = 0; start < event.length; ) {
      EventLine line = at(event, start, event.length);
      if (!line.isData()) {
        out.write(event, start, line.next - start);
      } else if (isFirst) {
        isFirst = false;
        line.writeInstead(data, out);
      }
      start = line.next;
    }
  }

  private void writeInstead(byte[] data, ByteArrayOutputStream out) {
    String prefix = valueStart() > 0 && bytes[valueStart() - 1] == ' ' ? "data: " : "data:";
    for (String line : new String(data, StandardCharsets.UTF_8).split("\n", -1)) {
      out.writeBytes((prefix + line).getBytes(StandardCharsets.UTF_8));
      if (next > end) {
        out.write(bytes, end, next - end);
      } else {
        out.write('\n');
      }
    }
  }
}
