package dev.gatehouse.internal.proof;

/**
 * Remembers which proofs have been used (RFC 9449 §11.1), so that each is accepted once. {@link
 * InMemoryUsedProofs} does so for one node. Implementations are thread-safe.
 */
public interface UsedProofs {

  /** What is known about a proof. */
  enum Use {
    /** The proof has not been used before, and is remembered now. */
    FIRST,
    /** The proof has been used before. */
    AGAIN,
    /** The proof can't be remembered, so it must be refused. */
    TOO_MANY
  }

  /**
   * Uses a proof whose signature has been checked.
   *
   * @param key the thumbprint of the proof's key
   * @param id the {@code jti}, of any length
   * @param millis for how long the proof could be used again: it must be remembered for so long
   */
  Use use(String key, String id, long millis);
}
