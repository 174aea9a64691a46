package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.token.TokenClaims;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the heap that claims occupy, rather too high than too low: {@code [[],[]]} takes twenty
 * times as many bytes as its text, and callers may influence what their tokens contain. This class
 * is thread-safe.
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

  /** What {@link TokenClaims} holds beside the claims, and the entries among shared objects. */
  private static final int TERMS = 200;

  /** More than the names of a usual response take. */
  private static final int MAX_COMMON_BYTES = 4096;

  /** More kinds of responses than an authorization server sends. */
  private static final int MAX_COMMON = 100;

  /** The first lists of names. Most tokens share one of them, so their names count for nothing. */
  private final Set<List<String>> common = ConcurrentHashMap.newKeySet();

  /** The bytes of all claims of a token. */
  long of(TokenClaims token) {
    Map<String, Object> claims = token.claims();
    long bytes = TERMS + OBJECT + ofNames(List.copyOf(claims.keySet()));
    for (Object value : claims.values()) {
      bytes += REFERENCE + ofValue(value);
    }
    for (String scope : token.scopes()) { // parts of a claim, but copies
      bytes += 2 * REFERENCE + ofText(scope);
    }
    return bytes;
  }

  private long ofNames(List<String> names) {
    long bytes = NAMES;
    for (String name : names) {
      bytes += REFERENCE + ofText(name);
    }
    return bytes <= MAX_COMMON_BYTES && isCommon(names) ? 0 : bytes;
  }

  private boolean isCommon(List<String> names) {
    return common.contains(names) || (common.size() < MAX_COMMON && common.add(names));
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
