package dev.gatehouse.internal.mcp;

import java.util.Arrays;

/** Bytes that wait for a decision, to be read without copying them. */
final class HeldBytes {

  private static final byte[] NONE = {};

  private static final int FIRST = 128;

  /** A buffer that has grown beyond this is not kept: a stream may be open for hours. */
  private static final int KEPT = 8 << 10;

  private byte[] bytes = NONE;
  private int size;

  /** The bytes from 0 to {@link #size()}, until the next call of another method. */
  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(byte[] added, int offset, int length) {
    int needed = size + length;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, Math.max(FIRST, 2 * bytes.length)));
    }
    System.arraycopy(added, offset, bytes, size, length);
    size = needed;
  }

  /** Takes an array over and adds all its bytes: the caller does not use it again. */
  void adopt(byte[] added) {
    if (isEmpty()) {
      bytes = added;
      size = added.length;
    } else {
      add(added, 0, added.length);
    }
  }

  void clear() {
    size = 0;
    if (bytes.length > KEPT) {
      bytes = NONE;
    }
  }
}
