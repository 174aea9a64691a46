package dev.gatehouse.internal.syntax;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Validates UTF-8 (RFC 3629 §4) strictly and without decoding it. */
public final class Utf8 {

  /** Little-endian, so that the first byte is in the lowest bits. */
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The first bits of eight bytes: none is set if all are ASCII. */
  private static final long NOT_ASCII = 0x8080808080808080L;

  private Utf8() {}

  /** Whether the bytes are UTF-8: no overlong form, no surrogate, nothing beyond U+10FFFF. */
  public static boolean isValid(byte[] bytes) {
    int at = afterAscii(bytes, 0);
    while (at < bytes.length) {
      int length = sequence(bytes, at);
      if (length == 0) {
        return false;
      }
      at += length;
      if (at < bytes.length && bytes[at] >= 0) {
        at = afterAscii(bytes, at);
      }
    }
    return true;
  }

  /** Returns the index of the next byte beyond ASCII, or the length of the array. */
  private static int afterAscii(byte[] bytes, int from) {
    int at = from;
    for (; at <= bytes.length - 4 * Long.BYTES; at += 4 * Long.BYTES) {
      long all =
          word(bytes, at) | word(bytes, at + 8) | word(bytes, at + 16) | word(bytes, at + 24);
      if ((all & NOT_ASCII) != 0) {
        break;
      }
    }
    for (; at <= bytes.length - Long.BYTES; at += Long.BYTES) {
      long others = word(bytes, at) & NOT_ASCII;
      if (others != 0) {
        return at + Long.numberOfTrailingZeros(others) / Byte.SIZE;
      }
    }
    while (at < bytes.length && bytes[at] >= 0) {
      at++;
    }
    return at;
  }

  private static long word(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  /** Returns the length of the sequence that begins here with a byte beyond ASCII; 0 if invalid. */
  private static int sequence(byte[] bytes, int at) {
    int first = bytes[at] & 0xff;
    if (first < 0xc2) {
      return 0; // a continuation, or the start of an overlong form
    }
    if (first < 0xe0) {
      return isContinued(bytes, at, 2) ? 2 : 0;
    }
    if (first < 0xf0) {
      return isContinued(bytes, at, 3) && isSecond(first, bytes[at + 1]) ? 3 : 0;
    }
    return first < 0xf5 && isContinued(bytes, at, 4) && isSecond(first, bytes[at + 1]) ? 4 : 0;
  }

  private static boolean isContinued(byte[] bytes, int at, int length) {
    if (bytes.length - at < length) {
      return false;
    }
    for (int i = at + 1; i < at + length; i++) {
      if ((bytes[i] & 0xc0) != 0x80) {
        return false;
      }
    }
    return true;
  }

  /** The ranges of the second byte after those first bytes that narrow it. */
  private static boolean isSecond(int first, byte second) {
    int value = second & 0xff;
    return switch (first) {
      case 0xe0 -> value >= 0xa0; // overlong below
      case 0xed -> value < 0xa0; // surrogates above
      case 0xf0 -> value >= 0x90; // overlong below
      case 0xf4 -> value < 0x90; // beyond U+10FFFF above
      default -> true;
    };
  }
}
