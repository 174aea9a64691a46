package dev.gatehouse.internal.mcp;

import java.nio.charset.StandardCharsets;

/** Encodes text that comes in parts, which may end within a surrogate pair. */
final class Utf8Text {

  private static final byte[] NOTHING = {};

  /** In a character of four bytes. */
  private static final int MAX_CONTINUATIONS = 3;

  /** The first half of a pair; empty if there is none. */
  private String half = "";

  byte[] encode(String part) {
    String text = rest() + part;
    if (!text.isEmpty() && Character.isHighSurrogate(text.charAt(text.length() - 1))) {
      half = text.substring(text.length() - 1);
      text = text.substring(0, text.length() - 1);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The length of a first part of a text, which must not end within a character: it may become text
   * again.
   *
   * @param length of the whole text
   * @param most the maximum length of the part; at least the length of a character
   */
  static int part(byte[] bytes, int offset, int length, int most) {
    if (length <= most) {
      return length;
    }
    int size = most;
    while (size > most - MAX_CONTINUATIONS && (bytes[offset + size] & 0xC0) == 0x80) {
      size--;
    }
    return size;
  }

  /** Returns and forgets what has not been encoded yet. */
  String rest() {
    String rest = half;
    half = "";
    return rest;
  }

  /** Encodes the rest, if there is one. */
  byte[] end() {
    return half.isEmpty() ? NOTHING : rest().getBytes(StandardCharsets.UTF_8);
  }

  void reset() {
    half = "";
  }
}
