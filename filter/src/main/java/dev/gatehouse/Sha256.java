package dev.gatehouse;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * SHA-256 of a token. Digests are used again, since finding one costs more than hashing with it;
 * they lie in slots rather than in thread-locals, of which virtual threads would each have one.
 */
final class Sha256 {

  private static final int SLOTS =
      Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4;

  private static final AtomicReferenceArray<MessageDigest> IDLE = new AtomicReferenceArray<>(SLOTS);

  private Sha256() {}

  /** The hash of an ASCII text, in 32 bytes. */
  static byte[] of(String ascii) {
    int slot = (int) Thread.currentThread().getId() & (SLOTS - 1);
    MessageDigest idle = IDLE.getAndSet(slot, null);
    MessageDigest digest = idle == null ? newDigest() : idle;
    byte[] hash = digest.digest(ascii.getBytes(StandardCharsets.ISO_8859_1));
    digest.reset(); // else its buffer holds the end of the token until the next one comes
    IDLE.lazySet(slot, digest);
    return hash;
  }

  /** For what comes in pieces. */
  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
