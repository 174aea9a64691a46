package dev.gatehouse.internal.token;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * SHA-256 of a token. Digests and their buffers are used again, since finding one costs more than
 * hashing with it; they lie in slots rather than in thread-locals, of which virtual threads would
 * each have one.
 */
public final class TokenDigest {

  private static final int SLOTS =
      Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4;

  private static final AtomicReferenceArray<TokenDigest> IDLE = new AtomicReferenceArray<>(SLOTS);

  /** Most tokens fit at once. */
  private static final int PIECE = 128;

  private final MessageDigest digest = newDigest();
  private final byte[] piece = new byte[PIECE];
  private final byte[] hash = new byte[32];

  private TokenDigest() {}

  /** One that is for this caller alone until it is given back. */
  public static TokenDigest borrow() {
    TokenDigest idle = IDLE.getAndSet(slot(), null);
    return idle == null ? new TokenDigest() : idle;
  }

  public void giveBack() {
    IDLE.lazySet(slot(), this);
  }

  private static int slot() {
    return (int) Thread.currentThread().getId() & (SLOTS - 1);
  }

  /**
   * The hash of the rest of a text, without copying it and leaving nothing of it behind.
   *
   * @param ascii a text whose rest is ASCII
   * @return 32 bytes, which are overwritten by the next call
   */
  @SuppressWarnings("deprecation") // the one way to get at the bytes without a copy; they are ASCII
  byte[] hash(String ascii, int start) {
    int end = ascii.length();
    for (int from = start; from < end; from += PIECE) {
      int to = Math.min(end, from + PIECE);
      ascii.getBytes(from, to, piece, 0);
      digest.update(piece, 0, to - from);
    }
    try {
      digest.digest(hash, 0, hash.length);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 has 32 bytes", e);
    }
    digest.reset(); // else its own buffer holds the end of the token until the next one comes
    Arrays.fill(piece, 0, Math.min(PIECE, end - start), (byte) 0);
    return hash;
  }

  /** The hash of any text; what is not Latin-1 in it counts as question marks. */
  public static byte[] of(String text) {
    return newDigest().digest(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
