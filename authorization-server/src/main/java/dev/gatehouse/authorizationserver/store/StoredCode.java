package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The data of an authorization code (RFC 6749 §4.1.2), without the code itself. Immutable.
 *
 * @param grantId the grant of the code, to which its tokens will belong
 * @param clientId the client that may redeem it
 * @param subject the user's {@code sub}
 * @param username the user's name
 * @param authentication when and how strongly the user authenticated; {@code null} for codes of
 *     log-ins that an earlier version has stored
 * @param scopes the granted scopes
 * @param audience the granted resources
 * @param redirectUri where the code was sent
 * @param codeChallenge what the verifier must hash to (RFC 7636 §4.2)
 * @param expiresAt the first instant at which it is expired
 * @param redeemed whether it has been used
 * @param dpopKeyThumbprint the thumbprint of the DPoP key that the client must have to redeem it
 *     (RFC 9449 §10); any key or none, when {@code null}
 */
public record StoredCode(
    String grantId,
    String clientId,
    String subject,
    String username,
    @Nullable UserAuthentication authentication,
    Set<String> scopes,
    Set<String> audience,
    String redirectUri,
    String codeChallenge,
    Instant expiresAt,
    boolean redeemed,
    @Nullable String dpopKeyThumbprint) {
  /**
   * Restores a stored value.
   *
   * @param grantId the grant of the code
   * @param clientId the client that may redeem it
   * @param subject the user's {@code sub}
   * @param username the user's name
   * @param authentication when and how strongly the user authenticated, if known
   * @param scopes the granted scopes
   * @param audience the granted resources
   * @param redirectUri where the code was sent
   * @param codeChallenge what the verifier must hash to
   * @param expiresAt the first instant at which it is expired
   * @param redeemed whether it has been used
   * @param dpopKeyThumbprint the thumbprint of the DPoP key, if it is bound to one
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
   * Creates a code that is bound to no key, as stores of earlier versions do.
   *
   * @param grantId the grant of the code
   * @param clientId the client that may redeem it
   * @param subject the user's {@code sub}
   * @param username the user's name
   * @param authentication when and how strongly the user authenticated, if known
   * @param scopes the granted scopes
   * @param audience the granted resources
   * @param redirectUri where the code was sent
   * @param codeChallenge what the verifier must hash to
   * @param expiresAt the first instant at which it is expired
   * @param redeemed whether it has been used
   */
  public StoredCode(
      String grantId,
      String clientId,
      String subject,
      String username,
      @Nullable UserAuthentication authentication,
      Set<String> scopes,
      Set<String> audience,
      String redirectUri,
      String codeChallenge,
      Instant expiresAt,
      boolean redeemed) {
    this(
        grantId,
        clientId,
        subject,
        username,
        authentication,
        scopes,
        audience,
        redirectUri,
        codeChallenge,
        expiresAt,
        redeemed,
        null);
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
        authentication,
        scopes,
        audience,
        redirectUri,
        codeChallenge,
        expiresAt,
        true,
        dpopKeyThumbprint);
  }
}
