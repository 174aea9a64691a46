package dev.gatehouse.internal.mcp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
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

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final long ONES = 0x0101010101010101L;
  private static final long LINE_FEEDS = '\n' * ONES;
  private static final long CARRIAGE_RETURNS = '\r' * ONES;

  static EventLine at(byte[] bytes, int start, int limit) {
    int end = endOf(bytes, start, limit);
    int next = end;
    if (next < limit && bytes[next] == '\r') {
      next++;
    }
    if (next < limit && bytes[next] == '\n') {
      next++;
    }
    return new EventLine(bytes, start, end, next);
  }

  /** Where the first terminator is; the limit if there is none. Lines may be long. */
  static int endOf(byte[] bytes, int start, int limit) {
    int at = start;
    while (at <= limit - Long.BYTES && !hasTerminator((long) LONGS.get(bytes, at))) {
      at += Long.BYTES;
    }
    while (at < limit && bytes[at] != '\n' && bytes[at] != '\r') {
      at++;
    }
    return at;
  }

  private static boolean hasTerminator(long eightBytes) {
    return hasZero(eightBytes ^ LINE_FEEDS) || hasZero(eightBytes ^ CARRIAGE_RETURNS);
  }

  /** Subtraction sets the first bit of a byte that was 0; of others only if it was set before. */
  private static boolean hasZero(long eightBytes) {
    return ((eightBytes - ONES) & ~eightBytes & (ONES << 7)) != 0;
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
}
