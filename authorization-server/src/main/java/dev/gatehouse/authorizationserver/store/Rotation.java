package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * The exchange of a refresh token for its successor.
 *
 * <p>The successor is computed from the token and a nonce that is generated at the first exchange
 * and stored with the token. So the same successor can be issued again although only hashes are
 * stored: the store does not contain the token, and a stolen token does not contain the nonce.
 *
 * @param nonce what the successor is computed with, as random as a token
 * @param at when the token was exchanged first
 */
public record Rotation(String nonce, Instant at) {
  /**
   * Restores a stored value.
   *
   * @param nonce what the successor is computed with
   * @param at when the token was exchanged first
   */
  public Rotation {
    requireNonNull(nonce, "nonce");
    requireNonNull(at, "at");
  }

  /**
   * Starts a rotation with a new random nonce.
   *
   * @param now the time of the exchange
   * @return the rotation to store, unless the token has been exchanged before
   */
  public static Rotation startedAt(Instant now) {
    return new Rotation(OpaqueToken.random().value(), now);
  }

  /**
   * Computes the successor of a refresh token.
   *
   * @param used the token that is exchanged
   * @return the same successor each time
   */
  public OpaqueToken successorOf(OpaqueToken used) {
    return new OpaqueToken(nonce).derive(used.value());
  }

  /** Contains only the time. */
  @Override
  public String toString() {
    return "Rotation[" + at + "]";
  }
}
