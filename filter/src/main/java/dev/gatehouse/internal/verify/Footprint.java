package dev.gatehouse.internal.verify;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the heap that claims occupy, rather too high than too low: {@code [[],[]]} takes twenty
 * times as many bytes as its text, and callers may influence what their tokens contain.
 */
final class Footprint {

  private static final int REFERENCE = 4;
  private static final int NUMBER = 24;
  private static final int BIG_NUMBER = 100;
  private static final int LIST = 64;
  private static final int OBJECT = 64;

  /** The list of an object's names, and its entry among the shared lists. */
  private static final int NAMES = 150;

  /** A string and its array, without the characters. */
  private static final int STRING = 48;

  /** Names at the top level are usually shared with the server's other tokens, unless long. */
  private static final int LONG_NAME = 32;

  private Footprint() {}

  /** The bytes of all claims of a token. */
  static long of(Map<String, Object> claims) {
    long bytes = OBJECT;
    for (Map.Entry<String, Object> claim : claims.entrySet()) {
      String name = claim.getKey();
      bytes += REFERENCE + (name.length() > LONG_NAME ? ofText(name) : 0);
      bytes += ofValue(claim.getValue());
    }
    return bytes;
  }

  private static long ofValue(@Nullable Object value) {
    if (value instanceof String text) {
      return ofText(text);
    }
    if (value instanceof Map<?, ?> object) {
      return ofObject(object);
    }
    if (value instanceof Collection<?> list) {
      return ofList(list);
    }
    if (value instanceof BigInteger number) {
      return (long) BIG_NUMBER + number.bitLength() / Byte.SIZE;
    }
    if (value instanceof BigDecimal number) {
      return (long) BIG_NUMBER + number.unscaledValue().bitLength() / Byte.SIZE;
    }
    return value instanceof Number ? NUMBER : 0; // the two booleans are shared
  }

  private static long ofObject(Map<?, ?> object) {
    long bytes = OBJECT + NAMES;
    for (Map.Entry<?, ?> member : object.entrySet()) {
      bytes += 2 * REFERENCE + ofValue(member.getKey()) + ofValue(member.getValue());
    }
    return bytes;
  }

  private static long ofList(Collection<?> list) {
    long bytes = LIST;
    for (Object member : list) {
      bytes += REFERENCE + ofValue(member);
    }
    return bytes;
  }

  private static long ofText(String text) {
    boolean wide = false;
    for (int i = 0; i < text.length() && !wide; i++) {
      wide = text.charAt(i) > 0xff;
    }
    return STRING + (long) text.length() * (wide ? Character.BYTES : 1);
  }
}
