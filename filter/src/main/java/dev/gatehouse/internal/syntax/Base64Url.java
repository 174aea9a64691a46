package dev.gatehouse.internal.syntax;

import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Base64url without padding (RFC 7515 §2) in its one canonical form. When decoding, {@link Base64}
 * ignores unused bits and accepts padding, so that several texts mean the same: a token would have
 * several hashes, and a list of revoked tokens could be evaded.
 */
public final class Base64Url {

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private static final byte[] VALUES = new byte[256];

  static {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    Arrays.fill(VALUES, (byte) -1);
    for (int i = 0; i < alphabet.length(); i++) {
      VALUES[alphabet.charAt(i)] = (byte) i;
    }
  }

  private Base64Url() {}

  /** The only text that is decoded to these bytes. */
  public static String encode(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }

  /** The decoded bytes; null if the text is not the canonical form of any. */
  public static byte @Nullable [] decode(String text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = text.charAt(i);
      bytes[i] = c < 128 ? (byte) c : 0; // 0 is not in the alphabet
    }
    return decode(bytes, 0, bytes.length);
  }

  /** The bytes decoded from a part of a text; null if it is not the canonical form of any. */
  public static byte @Nullable [] decode(byte[] text, int start, int end) {
    int rest = (end - start) % 4;
    if (rest == 1) {
      return null;
    }
    byte[] decoded = new byte[(int) ((end - start) * 3L / 4)];
    int at = 0;
    int last = end - rest;
    for (int i = start; i < last; i += 4) {
      int bits = bits(text, i, 4);
      if (bits < 0) {
        return null;
      }
      decoded[at++] = (byte) (bits >> 16);
      decoded[at++] = (byte) (bits >> 8);
      decoded[at++] = (byte) bits;
    }
    return rest == 0 || decodeRest(text, last, rest, decoded, at) ? decoded : null;
  }

  /** Decodes the last two or three characters, whose unused bits must be zero (RFC 4648 §3.5). */
  private static boolean decodeRest(byte[] text, int start, int length, byte[] decoded, int at) {
    int bits = bits(text, start, length);
    int unused = length == 2 ? 4 : 2;
    if (bits < 0 || (bits & ((1 << unused) - 1)) != 0) {
      return false;
    }
    int value = bits >> unused;
    if (length == 3) {
      decoded[at] = (byte) (value >> 8);
      decoded[at + 1] = (byte) value;
    } else {
      decoded[at] = (byte) value;
    }
    return true;
  }

  /** The bits of up to four characters; negative if one is not in the alphabet. */
  private static int bits(byte[] text, int start, int length) {
    int bits = 0;
    int invalid = 0;
    for (int i = start; i < start + length; i++) {
      int value = VALUES[text[i] & 0xFF];
      invalid |= value;
      bits = bits << 6 | (value & 0x3F);
    }
    return invalid < 0 ? -1 : bits;
  }
}
