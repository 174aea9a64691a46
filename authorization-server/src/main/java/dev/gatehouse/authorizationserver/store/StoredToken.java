package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The data of a token, without the token itself. Immutable.
 *
 * @param kind access or refresh token
 * @param id the {@code jti}, unique per token and no secret
 * @param grantId the grant of the token; revoking a grant revokes all its tokens
 * @param clientId the client that it was issued to
 * @param subject the user's {@code sub}, {@code null} for a client that acts for itself
 * @param username the user's name, {@code null} when there is none
 * @param authentication when and how strongly the user authenticated; {@code null} for a client
 *     that acts for itself, and for tokens that an earlier version has stored
 * @param scopes the granted scopes, in the requested order
 * @param audience the resources it is for (RFC 8707)
 * @param issuedAt when it was issued
 * @param notBefore the first instant at which it is valid
 * @param expiresAt the first instant at which it is expired
 * @param status active, rotated or revoked
 * @param confirmation the keys that the token is bound to; {@code null} for a bearer token. A store
 *     must keep it: without it, a stolen token could be used
 */
public record StoredToken(
    TokenKind kind,
    String id,
    String grantId,
    String clientId,
    @Nullable String subject,
    @Nullable String username,
    @Nullable UserAuthentication authentication,
    Set<String> scopes,
    Set<String> audience,
    Instant issuedAt,
    Instant notBefore,
    Instant expiresAt,
    TokenStatus status,
    @Nullable Confirmation confirmation) {

  /**
   * Creates a token from all its values; {@link #builder} is easier to read.
   *
   * @param kind access or refresh token
   * @param id the {@code jti}
   * @param grantId the grant of the token
   * @param clientId the client that it was issued to
   * @param subject the user's {@code sub}, if any
   * @param username the user's name, if any
   * @param authentication when and how strongly the user authenticated, if known
   * @param scopes the granted scopes
   * @param audience the resources it is for
   * @param issuedAt when it was issued
   * @param notBefore the first instant at which it is valid
   * @param expiresAt the first instant at which it is expired
   * @param status active, rotated or revoked
   * @param confirmation the keys that the token is bound to, if any
   * @throws IllegalArgumentException when it expires before it begins
   */
  public StoredToken {
    requireNonNull(kind, "kind");
    requireNonNull(id, "id");
    requireNonNull(grantId, "grantId");
    requireNonNull(clientId, "clientId");
    requireNonNull(issuedAt, "issuedAt");
    requireNonNull(status, "status");
    scopes = OrderedSets.copyOf(scopes);
    audience = OrderedSets.copyOf(audience);
    if (!notBefore.isBefore(expiresAt)) {
      throw new IllegalArgumentException(
          "a token that expires at " + expiresAt + " can't begin at " + notBefore);
    }
  }

  /**
   * Creates a token that is bound to no key, as stores of earlier versions do.
   *
   * @param kind access or refresh token
   * @param id the {@code jti}
   * @param grantId the grant of the token
   * @param clientId the client that it was issued to
   * @param subject the user's {@code sub}, if any
   * @param username the user's name, if any
   * @param authentication when and how strongly the user authenticated, if known
   * @param scopes the granted scopes
   * @param audience the resources it is for
   * @param issuedAt when it was issued
   * @param notBefore the first instant at which it is valid
   * @param expiresAt the first instant at which it is expired
   * @param status active, rotated or revoked
   * @throws IllegalArgumentException when it expires before it begins
   */
  public StoredToken(
      TokenKind kind,
      String id,
      String grantId,
      String clientId,
      @Nullable String subject,
      @Nullable String username,
      @Nullable UserAuthentication authentication,
      Set<String> scopes,
      Set<String> audience,
      Instant issuedAt,
      Instant notBefore,
      Instant expiresAt,
      TokenStatus status) {
    this(
        kind,
        id,
        grantId,
        clientId,
        subject,
        username,
        authentication,
        scopes,
        audience,
        issuedAt,
        notBefore,
        expiresAt,
        status,
        null);
  }

  /**
   * Starts the description of a token.
   *
   * @param kind access or refresh token
   * @param clientId the client that it was issued to
   * @param issuedAt when it was issued
   * @param expiresAt the first instant at which it is expired
   * @return a builder with no subject, scopes or audience
   */
  public static Builder builder(
      TokenKind kind, String clientId, Instant issuedAt, Instant expiresAt) {
    return new Builder(kind, clientId, issuedAt, expiresAt);
  }

  /**
   * Tells whether the token is active at an instant: begun, not expired, not rotated, not revoked.
   *
   * @param now the instant
   * @return false from {@link #expiresAt} on
   */
  public boolean isActiveAt(Instant now) {
    return status == TokenStatus.GOOD && !now.isBefore(notBefore) && now.isBefore(expiresAt);
  }

  /**
   * Copies this token with another status.
   *
   * @param changed the new status
   * @return the same token otherwise
   */
  public StoredToken withStatus(TokenStatus changed) {
    return new StoredToken(
        kind,
        id,
        grantId,
        clientId,
        subject,
        username,
        authentication,
        scopes,
        audience,
        issuedAt,
        notBefore,
        expiresAt,
        changed,
        confirmation);
  }

  /** Collects what is optional about a token. Not thread-safe. */
  public static final class Builder {
    private final TokenKind kind;
    private final String clientId;
    private final Instant issuedAt;
    private final Instant expiresAt;
    private final ArrayList<String> scopes = new ArrayList<>();
    private final ArrayList<String> audience = new ArrayList<>();
    private String id = UUID.randomUUID().toString();
    private @Nullable String grantId;
    private @Nullable String subject;
    private @Nullable String username;
    private @Nullable UserAuthentication authentication;
    private Instant notBefore;
    private TokenStatus status = TokenStatus.GOOD;
    private @Nullable Confirmation confirmation;

    private Builder(TokenKind kind, String clientId, Instant issuedAt, Instant expiresAt) {
      this.kind = kind;
      this.clientId = clientId;
      this.issuedAt = issuedAt;
      this.notBefore = issuedAt;
      this.expiresAt = expiresAt;
    }

    /**
     * Sets the token's id.
     *
     * @param id the {@code jti}; a random UUID when not set
     * @return this
     */
    public Builder id(String id) {
      this.id = id;
      return this;
    }

    /**
     * Sets the grant.
     *
     * @param grantId the grant; a new one when not set
     * @return this
     */
    public Builder grantId(String grantId) {
      this.grantId = grantId;
      return this;
    }

    /**
     * Sets the user. Not set for a client that acts for itself.
     *
     * @param subject the {@code sub}
     * @param username the user's name, if any
     * @return this
     */
    public Builder subject(@Nullable String subject, @Nullable String username) {
      this.subject = subject;
      this.username = username;
      return this;
    }

    /**
     * Sets when and how strongly the user authenticated.
     *
     * @param authentication reported as {@code auth_time} and {@code acr} (RFC 9470 §6.2); unknown
     *     when not set
     * @return this
     */
    public Builder authentication(@Nullable UserAuthentication authentication) {
      this.authentication = authentication;
      return this;
    }

    /**
     * Adds scopes.
     *
     * @param names scope tokens (RFC 6749 §3.3)
     * @return this
     */
    public Builder scopes(Iterable<String> names) {
      names.forEach(scopes::add);
      return this;
    }

    /**
     * Adds scopes.
     *
     * @param names scope tokens (RFC 6749 §3.3)
     * @return this
     */
    public Builder scopes(String... names) {
      return scopes(Arrays.asList(names));
    }

    /**
     * Adds resources that the token is for.
     *
     * @param resources resource URIs (RFC 8707)
     * @return this
     */
    public Builder audience(Iterable<String> resources) {
      resources.forEach(audience::add);
      return this;
    }

    /**
     * Adds resources that the token is for.
     *
     * @param resources resource URIs (RFC 8707)
     * @return this
     */
    public Builder audience(String... resources) {
      return audience(Arrays.asList(resources));
    }

    /**
     * Sets a begin later than the issue.
     *
     * @param notBefore the first instant at which it is valid; when it was issued, when not set
     * @return this
     */
    public Builder notBefore(Instant notBefore) {
      this.notBefore = notBefore;
      return this;
    }

    /**
     * Sets the status.
     *
     * @param status {@link TokenStatus#GOOD} when not set
     * @return this
     */
    public Builder status(TokenStatus status) {
      this.status = status;
      return this;
    }

    /**
     * Binds the token to keys.
     *
     * @param confirmation the keys; a bearer token when not set
     * @return this
     */
    public Builder confirmation(@Nullable Confirmation confirmation) {
      this.confirmation = confirmation;
      return this;
    }

    /**
     * Builds the description.
     *
     * @return immutable
     * @throws IllegalArgumentException when the token expires before it begins
     */
    public StoredToken build() {
      return new StoredToken(
          kind,
          id,
          grantId == null ? id : grantId,
          clientId,
          subject,
          username,
          authentication,
          OrderedSets.copyOf(scopes),
          OrderedSets.copyOf(audience),
          issuedAt,
          notBefore,
          expiresAt,
          status,
          confirmation);
    }
  }
}
