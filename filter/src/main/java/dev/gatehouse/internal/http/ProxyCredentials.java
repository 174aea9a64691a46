package dev.gatehouse.internal.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** User and password at a forward proxy, for the Basic scheme (RFC 7617). Prints neither. */
public final class ProxyCredentials {

  private final String header;

  private ProxyCredentials(String header) {
    this.header = header;
  }

  /**
   * Parses {@code user:password}; the password may contain colons (RFC 7617 §2).
   *
   * @throws IllegalArgumentException with the error and nothing of the text
   */
  public static ProxyCredentials parse(String text) {
    if (text.indexOf(':') < 1) {
      throw new IllegalArgumentException("does not hold user:password");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("has control characters, which RFC 7617 §2 forbids");
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new ProxyCredentials("Basic " + Base64.getEncoder().encodeToString(bytes));
  }

  /** The value of {@code Proxy-Authorization} (RFC 9110 §11.7.2). */
  String header() {
    return header;
  }

  @Override
  public String toString() {
    return "ProxyCredentials";
  }
}
