package dev.gatehouse.testing;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Creates tokens and secrets that all contain one marker, so that a leak can be detected. */
public final class Secrets {

  /** Must be part of every token and secret that a test uses. */
  public static final String MARKER = "unspeakable";

  /** The client secret of the resource server. */
  public static final String CLIENT_SECRET = MARKER + "-client-secret";

  private static final AtomicLong COUNT = new AtomicLong();

  /** The marker in plain text and in Base64, at each of the three possible alignments. */
  private static final List<String> FORMS =
      Stream.concat(Stream.of(MARKER), Stream.of(0, 1, 2).map(Secrets::insideBase64)).toList();

  private Secrets() {}

  /** A new token, which no cache holds; long enough to count as a secret. */
  public static String token() {
    return MARKER + "-%08d".formatted(COUNT.incrementAndGet());
  }

  /** Whether this text contains a token or secret. */
  public static boolean appearIn(String text) {
    return FORMS.stream().anyMatch(text::contains);
  }

  private static String insideBase64(int offset) {
    byte[] bytes = ("x".repeat(offset) + MARKER).getBytes(StandardCharsets.US_ASCII);
    String encoded = Base64.getEncoder().withoutPadding().encodeToString(bytes);
    // The first and the last characters also encode bits of neighbouring bytes.
    return encoded.substring(offset == 0 ? 0 : 4, encoded.length() - 1);
  }
}
