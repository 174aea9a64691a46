package dev.gatehouse.internal.token;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Saves time and keeps tokens secret: hashes a token with SHA-256 without copying it, on a pooled
 * digest whose buffers are wiped, because creating a digest takes longer than hashing with it. The
 * pool has a fixed number of slots; with thread-locals, each virtual thread would have a digest.
 */
public final class TokenDigest {

  private static final int SLOTS =
      Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4;

  private static final AtomicReferenceArray<TokenDigest> IDLE = new AtomicReferenceArray<>(SLOTS);

  /** Most tokens fit into one chunk. */
  private static final int CHUNK = 128;

  private final MessageDigest digest = newDigest();
  private final byte[] chunk = new byte[CHUNK];
  private final byte[] hash = new byte[32];

  private TokenDigest() {}

  /** Borrows a digest, for use by one thread until it is given back. */
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
   * Hashes the end of a text without copying it, and wipes the buffers.
   *
   * @param ascii a text that is ASCII from {@code start}
   * @return 32 bytes, which are overwritten by the next call
   */
  @SuppressWarnings("deprecation") // the only way to read the bytes without a copy
  byte[] hash(String ascii, int start) {
    int end = ascii.length();
    for (int from = start; from < end; from += CHUNK) {
      int to = Math.min(end, from + CHUNK);
      ascii.getBytes(from, to, chunk, 0);
      digest.update(chunk, 0, to - from);
    }
    try {
      digest.digest(hash, 0, hash.length);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 hash has 32 bytes", e);
    }
    digest.reset(); // otherwise its buffer keeps the end of the token
    Arrays.fill(chunk, 0, Math.min(CHUNK, end - start), (byte) 0);
    return hash;
  }

  /** The hash of any text; characters outside Latin-1 count as question marks. */
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
