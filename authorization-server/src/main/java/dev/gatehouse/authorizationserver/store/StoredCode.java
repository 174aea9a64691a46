package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Set;

/**
 * All that a store knows of an authorization code (RFC 6749 §4.1.2); the code itself is not among
 * it. Immutable.
 *
 * @param grantId the grant that the code stands for, and that all its tokens will belong to
 * @param clientId who may redeem it
 * @param subject who granted it
 * @param username the readable name of the subject
 * @param scopes what was granted
 * @param audience the resources it was granted for
 * @param redirectUri where the code was sent
 * @param codeChallenge what the verifier must hash to (RFC 7636 §4.2)
 * @param expiresAt the first instant at which it is no longer good
 * @param redeemed whether it has been used
 */
public record StoredCode(
    String grantId,
    String clientId,
    String subject,
    String username,
    Set<String> scopes,
    Set<String> audience,
    String redirectUri,
    String codeChallenge,
    Instant expiresAt,
    boolean redeemed) {
  /**
   * Takes what a store has kept.
   *
   * @param grantId the grant that the code stands for
   * @param clientId who may redeem it
   * @param subject who granted it
   * @param username the readable name of the subject
   * @param scopes what was granted
   * @param audience the resources it was granted for
   * @param redirectUri where the code was sent
   * @param codeChallenge what the verifier must hash to
   * @param expiresAt the first instant at which it is no longer good
   * @param redeemed whether it has been used
   */
  public StoredCode {
    requireNonNull(grantId, "grantId");
    requireNonNull(clientId, "clientId");
    requireNonNull(subject, "subject");
    requireNonNull(username, "username");
    requireNonNull(redirectUri, "redirectUri");
    requireNonNull(codeChallenge, "codeChallenge");
    requireNonNull(expiresAt, "expiresAt");
    scopes = OrderedSets.copyOf(scopes);
    audience = OrderedSets.copyOf(audience);
  }

  /**
   * Copies this code as a redeemed one.
   *
   * @return the same code with {@link #redeemed} true
   */
  public StoredCode asRedeemed() {
    return new StoredCode(
        grantId,
        clientId,
        subject,
        username,
        scopes,
        audience,
        redirectUri,
        codeChallenge,
        expiresAt,
        true);
  }
}
