package dev.gatehouse.testing;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** The tokens and secrets of all tests carry one marker, so that a leak of any can be seen. */
public final class Secrets {

  /** Must be in every token and secret that a test uses. */
  public static final String MARKER = "unspeakable";

  /** What this resource server proves itself with. */
  public static final String CLIENT_SECRET = MARKER + "-client-secret";

  private static final AtomicLong COUNT = new AtomicLong();

  /** As it is, and as it looks inside Base64, at each of three possible places. */
  private static final List<String> FORMS =
      Stream.concat(Stream.of(MARKER), Stream.of(0, 1, 2).map(Secrets::insideBase64)).toList();

  private Secrets() {}

  /** A token that no other test has used, so that no cache knows it; long enough to be a secret. */
  public static String token() {
    return MARKER + "-%08d".formatted(COUNT.incrementAndGet());
  }

  /** Whether this text gives a token or a secret away. */
  public static boolean appearIn(String text) {
    return FORMS.stream().anyMatch(text::contains);
  }

  private static String insideBase64(int offset) {
    byte[] bytes = ("x".repeat(offset) + MARKER).getBytes(StandardCharsets.US_ASCII);
    String encoded = Base64.getEncoder().withoutPadding().encodeToString(bytes);
    // The first and the last characters mix in bits of the neighbours.
    return encoded.substring(offset == 0 ? 0 : 4, encoded.length() - 1);
  }
}
