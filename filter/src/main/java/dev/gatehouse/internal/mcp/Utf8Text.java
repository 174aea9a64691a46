package dev.gatehouse.internal.mcp;

import java.nio.charset.StandardCharsets;

/** Encodes text that comes in parts, which may end within a surrogate pair. */
final class Utf8Text {

  private static final byte[] NOTHING = {};

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
