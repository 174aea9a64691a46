package dev.gatehouse.internal.proof;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Base64url without padding (RFC 7515 §2), in its canonical form only. */
final class Base64Url {

  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private Base64Url() {}

  static String encode(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }

  /** Returns null if the text is padded, or not what {@link #encode} returns for any bytes. */
  static byte @Nullable [] decode(String text) {
    int excess = text.length() % 4;
    if (text.indexOf('=') >= 0 || excess == 1 || (excess > 1 && hasStrayBits(text, excess))) {
      return null;
    }
    try {
      return DECODER.decode(text);
    } catch (IllegalArgumentException e) {
      return null; // a character of another alphabet
    }
  }

  /** Whether the last character has bits that belong to no byte. */
  private static boolean hasStrayBits(String text, int excess) {
    int last = ALPHABET.indexOf(text.charAt(text.length() - 1));
    return (last & (excess == 2 ? 0b1111 : 0b11)) != 0;
  }
}
