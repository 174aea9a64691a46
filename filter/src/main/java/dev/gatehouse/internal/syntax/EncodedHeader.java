package dev.gatehouse.internal.syntax;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Decodes the values of MCP headers (MCP 2026-07-28, Streamable HTTP, "Value Encoding"): values
 * that are not plain ASCII are sent as Base64 of UTF-8 between {@code =?base64?} and {@code ?=}.
 */
public final class EncodedHeader {

  private static final String START = "=?base64?";
  private static final String END = "?=";

  private EncodedHeader() {}

  /**
   * Returns the value that a client has encoded. A value without the markers stands for itself.
   *
   * @return empty if the markers contain anything but canonical Base64 of valid UTF-8
   */
  public static Optional<String> decode(String value) {
    if (value.length() < START.length() + END.length()
        || !value.startsWith(START)
        || !value.endsWith(END)) {
      return Optional.of(value);
    }
    String encoded = value.substring(START.length(), value.length() - END.length());
    try {
      byte[] bytes = Base64.getDecoder().decode(encoded);
      String decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      // The decoder ignores missing padding and excess bits: another decoder may not.
      return Base64.getEncoder().encodeToString(bytes).equals(encoded)
          ? Optional.of(decoded)
          : Optional.empty();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
