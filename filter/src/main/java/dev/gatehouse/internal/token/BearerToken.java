package dev.gatehouse.internal.token;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An access token in a request (RFC 6750 §2.1, RFC 9449 §7.1):
 *
 * <pre>
 * Authorization: Bearer mF_9.B5f-4.1JqM
 * Authorization: DPoP Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp
 * </pre>
 *
 * <p>Only {@link #value()} returns the token; {@code toString} prints a prefix of its hash.
 */
public final class BearerToken implements Credentials {

  /** The length of our own longest token, in characters; a request's is limited by a setting. */
  static final int MAX_LENGTH = 64 * 1024;

  private static final String USUAL_START = Scheme.BEARER.text() + " ";
  private static final SecureRandom RANDOM = new SecureRandom();

  /** The characters of RFC 9110 §11.2, without the {@code =} at the end. */
  private static final boolean[] TOKEN68 = new boolean[256];

  static {
    for (char c = 0; c < 128; c++) {
      TOKEN68[c] = Character.isLetterOrDigit(c) || "-._~+/".indexOf(c) >= 0;
    }
  }

  /** The header, whose end is the token. */
  private final byte[] header;

  private final int start;
  private final Scheme scheme;

  public BearerToken(String value) {
    this(value, Scheme.BEARER);
  }

  public BearerToken(String value, Scheme scheme) {
    this(value.getBytes(ISO_8859_1), 0, scheme);
  }

  private BearerToken(byte[] header, int start, Scheme scheme) {
    this.header = header;
    this.start = start;
    this.scheme = scheme;
  }

  @Override
  public Scheme scheme() {
    return scheme;
  }

  /** The token. */
  public String value() {
    return new String(header, start, header.length - start, ISO_8859_1);
  }

  /** The number of characters. */
  public int length() {
    return header.length - start;
  }

  /** A character; all are ASCII. */
  public int charAt(int index) {
    return header[start + index];
  }

  /** A copy of the characters, which are ASCII. */
  public byte[] bytes() {
    return Arrays.copyOfRange(header, start, header.length);
  }

  /**
   * The SHA-256 of the token.
   *
   * @param digest borrowed by the caller
   * @return 32 bytes that the next use of the digest overwrites
   */
  public byte[] hashWith(TokenDigest digest) {
    return digest.hash(header, start);
  }

  /**
   * Parses the field lines of {@code Authorization}, where only Bearer is accepted. Never throws.
   *
   * @param fieldLines all field lines with this name, in any order
   */
  public static Credentials from(Enumeration<String> fieldLines) {
    return from(fieldLines, false);
  }

  /**
   * Parses the field lines of {@code Authorization}. Never throws.
   *
   * @param fieldLines all field lines with this name, in any order
   * @param dpop whether the scheme DPoP is accepted too
   */
  public static Credentials from(Enumeration<String> fieldLines, boolean dpop) {
    if (!fieldLines.hasMoreElements()) {
      return new Credentials.Absent();
    }
    String first = fieldLines.nextElement();
    return fieldLines.hasMoreElements()
        ? new Credentials.Malformed("more than one Authorization header") // RFC 6750 §2
        : parse(first, dpop);
  }

  private static Credentials parse(String header, boolean dpop) {
    if (header.startsWith(USUAL_START) || hasScheme(header, Scheme.BEARER)) {
      return parse(header, Scheme.BEARER);
    }
    return dpop && hasScheme(header, Scheme.DPOP)
        ? parse(header, Scheme.DPOP)
        : otherScheme(header);
  }

  private static Credentials parse(String header, Scheme scheme) {
    int end = header.length();
    int schemeEnd = scheme.text().length();
    int start = schemeEnd;
    while (start < end && header.charAt(start) == ' ') {
      start++;
    }
    if (start == end) {
      return new Credentials.Absent(); // the client asks where to get a token
    }
    if (start == schemeEnd) {
      return new Credentials.Malformed("no space after the scheme", scheme);
    }
    byte[] bytes =
        header.getBytes(ISO_8859_1); // a character outside Latin-1 becomes ?, which is illegal
    return isB64Token(bytes, start)
        ? new BearerToken(bytes, start, scheme)
        : new Credentials.Malformed("illegal character in the token", scheme);
  }

  /** RFC 9110 §11.1: the scheme is case-insensitive and ends at a character it can't contain. */
  private static boolean hasScheme(String header, Scheme scheme) {
    int end = scheme.text().length();
    return header.regionMatches(true, 0, scheme.text(), 0, end)
        && (header.length() == end || !isToken68(header.charAt(end)));
  }

  /** Another scheme, unless a proxy has joined two headers and the second one is Bearer. */
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

  /**
   * RFC 6750 §2.1: {@code b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="}.
   */
  private static boolean isB64Token(byte[] text, int start) {
    int end = text.length;
    while (end > start && text[end - 1] == '=') {
      end--;
    }
    if (end == start) {
      return false;
    }
    boolean valid = true;
    for (int i = start; i < end; i++) {
      valid &= TOKEN68[text[i] & 0xFF];
    }
    return valid;
  }

  private static boolean isToken68(char c) {
    return c < TOKEN68.length && TOKEN68[c];
  }

  /** Whether the text has the syntax of a token. */
  public static boolean isValid(String text) {
    return text.length() <= MAX_LENGTH && isB64Token(text.getBytes(ISO_8859_1), 0);
  }

  /** A random token, which no server has issued: for probes. */
  public static BearerToken random() {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    return new BearerToken(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  /** Identifies the token in logs: the first 8 hex digits of its SHA-256. */
  public String hashPrefix() {
    return HexFormat.of().formatHex(TokenDigest.of(value()), 0, 4);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BearerToken token && value().equals(token.value());
  }

  @Override
  public int hashCode() {
    return value().hashCode();
  }

  @Override
  public String toString() {
    return "BearerToken[" + hashPrefix() + "]";
  }
}
