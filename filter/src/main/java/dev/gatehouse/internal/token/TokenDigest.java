package dev.gatehouse.internal.token;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Hashes tokens with SHA-256 on pooled digests, because creating a digest takes longer than hashing
 * with it. The pool has a fixed number of slots; with thread-locals, each virtual thread would have
 * a digest.
 */
public final class TokenDigest {

  private static final int SLOTS =
      Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4;

  private static final AtomicReferenceArray<TokenDigest> IDLE = new AtomicReferenceArray<>(SLOTS);

  private final MessageDigest digest = newDigest();
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
   * Hashes the end of an array.
   *
   * @return 32 bytes, which are overwritten by the next call
   */
  byte[] hash(byte[] bytes, int start) {
    digest.update(bytes, start, bytes.length - start);
    try {
      digest.digest(hash, 0, hash.length);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 hash has 32 bytes", e);
    }
    digest.reset(); // otherwise its buffer keeps the end of the token
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
