package dev.gatehouse;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * An access token as it came in the request (RFC 6750 §2.1):
 *
 * <pre>
 * Authorization: Bearer mF_9.B5f-4.1JqM
 * </pre>
 *
 * <p>Its text is reachable through {@link #value()} alone; printing it gives a prefix of its hash.
 */
record BearerToken(String value) {

  /** Well under what containers allow a header to be, and far over any token seen. */
  static final int MAX_LENGTH = 8 * 1024;

  private static final String SCHEME = "Bearer";
  private static final SecureRandom RANDOM = new SecureRandom();

  /** What the {@code Authorization} headers of a request hold. */
  sealed interface Credentials {

    /** Exactly one well-formed Bearer token. */
    record Present(BearerToken token) implements Credentials {}

    /** No header, or another scheme's. */
    record Absent() implements Credentials {}

    /** Meant to be a Bearer token, and not one; or more than one credential. */
    record Malformed(String detail) implements Credentials {}
  }

  /**
   * Reads the field lines of {@code Authorization}. Never throws.
   *
   * @param fieldLines every field line of that name, in any order
   */
  static Credentials from(Iterable<String> fieldLines) {
    String only = null;
    for (String line : fieldLines) {
      if (only != null) {
        return new Credentials.Malformed("more than one Authorization header"); // RFC 6750 §2
      }
      only = line;
    }
    return only == null ? new Credentials.Absent() : parse(only);
  }

  private static Credentials parse(String header) {
    int end = header.length();
    int schemeEnd = 0;
    while (schemeEnd < end && isToken68(header.charAt(schemeEnd))) {
      schemeEnd++;
    }
    // RFC 9110 §11.1: the scheme is case-insensitive.
    if (schemeEnd != SCHEME.length() || !header.regionMatches(true, 0, SCHEME, 0, schemeEnd)) {
      return otherScheme(header);
    }
    int start = schemeEnd;
    while (start < end && header.charAt(start) == ' ') {
      start++;
    }
    if (start == end) {
      return new Credentials.Malformed("empty token");
    }
    if (start == schemeEnd) {
      return new Credentials.Malformed("no space after the scheme");
    }
    if (end - start > MAX_LENGTH) {
      return new Credentials.Malformed("token longer than " + MAX_LENGTH + " characters");
    }
    return isB64Token(header, start)
        ? new Credentials.Present(new BearerToken(header.substring(start)))
        : new Credentials.Malformed("illegal character in the token");
  }

  /** Not ours, unless a proxy has joined two headers into one and ours is the second. */
  private static Credentials otherScheme(String header) {
    String lower = header.toLowerCase(Locale.ROOT);
    for (int comma = lower.indexOf(','); comma >= 0; comma = lower.indexOf(',', comma + 1)) {
      int next = comma + 1;
      while (next < lower.length() && (lower.charAt(next) == ' ' || lower.charAt(next) == '\t')) {
        next++;
      }
      if (lower.startsWith("bearer ", next)) {
        return new Credentials.Malformed("two credentials in one Authorization header");
      }
    }
    return new Credentials.Absent();
  }

  /** {@code b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="}. */
  private static boolean isB64Token(String header, int start) {
    int i = start;
    while (i < header.length() && isToken68(header.charAt(i))) {
      i++;
    }
    if (i == start) {
      return false;
    }
    while (i < header.length() && header.charAt(i) == '=') {
      i++;
    }
    return i == header.length();
  }

  private static boolean isToken68(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~'
        || c == '+'
        || c == '/';
  }

  /** One that nobody has issued, to see how a server answers. */
  static BearerToken random() {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    return new BearerToken(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  /** What stands for the token in a log line: the first 8 hex digits of its SHA-256. */
  String hashPrefix() {
    return HexFormat.of().formatHex(Sha256.of(value), 0, 4);
  }

  @Override
  public String toString() {
    return "BearerToken[" + hashPrefix() + "]";
  }
}
