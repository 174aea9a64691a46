package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that a store knows of a token; the token itself is not among it. Immutable.
 *
 * @param kind access or refresh token
 * @param id the {@code jti}, unique per token and no secret
 * @param grantId the grant that the token came from; revoking the grant ends all its tokens
 * @param clientId whom the token was issued to
 * @param subject who granted it, {@code null} for a client that acts for itself
 * @param username the readable name of the subject, {@code null} when there is none
 * @param scopes what it allows, in the order they were asked for
 * @param audience the resources it is for (RFC 8707)
 * @param issuedAt when it was issued
 * @param notBefore the first instant at which it is good
 * @param expiresAt the first instant at which it is no longer good
 * @param status whether it still stands, as far as the store has been told
 */
public record StoredToken(
    TokenKind kind,
    String id,
    String grantId,
    String clientId,
    @Nullable String subject,
    @Nullable String username,
    Set<String> scopes,
    Set<String> audience,
    Instant issuedAt,
    Instant notBefore,
    Instant expiresAt,
    TokenStatus status) {

  /**
   * Takes all at once; {@link #builder} is easier to read.
   *
   * @param kind access or refresh token
   * @param id the {@code jti}
   * @param grantId the grant that the token came from
   * @param clientId whom the token was issued to
   * @param subject who granted it, if anybody
   * @param username the readable name of the subject, if there is one
   * @param scopes what it allows
   * @param audience the resources it is for
   * @param issuedAt when it was issued
   * @param notBefore the first instant at which it is good
   * @param expiresAt the first instant at which it is no longer good
   * @param status whether it still stands
   * @throws IllegalArgumentException when it would never be good
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
   * Begins a description of a token.
   *
   * @param kind access or refresh token
   * @param clientId whom it was issued to
   * @param issuedAt when
   * @param expiresAt the first instant at which it is no longer good
   * @return a builder with no subject, scopes or audience
   */
  public static Builder builder(
      TokenKind kind, String clientId, Instant issuedAt, Instant expiresAt) {
    return new Builder(kind, clientId, issuedAt, expiresAt);
  }

  /**
   * Tells whether the token is good at an instant: begun, not yet expired, not used up, not
   * revoked.
   *
   * @param now the instant
   * @return false from the very instant of {@link #expiresAt} on
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
        kind, id, grantId, clientId, subject, username, scopes, audience, issuedAt, notBefore,
        expiresAt, changed);
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
    private Instant notBefore;
    private TokenStatus status = TokenStatus.GOOD;

    private Builder(TokenKind kind, String clientId, Instant issuedAt, Instant expiresAt) {
      this.kind = kind;
      this.clientId = clientId;
      this.issuedAt = issuedAt;
      this.notBefore = issuedAt;
      this.expiresAt = expiresAt;
    }

    /**
     * Names the token.
     *
     * @param id the {@code jti}; a random UUID when not set
     * @return this
     */
    public Builder id(String id) {
      this.id = id;
      return this;
    }

    /**
     * Ties the token to a grant.
     *
     * @param grantId the grant; one of its own when not set
     * @return this
     */
    public Builder grantId(String grantId) {
      this.grantId = grantId;
      return this;
    }

    /**
     * Says who granted the token. Leave it out for a client that acts for itself: there is no
     * stand-in.
     *
     * @param subject the {@code sub}
     * @param username the readable name, if there is one
     * @return this
     */
    public Builder subject(@Nullable String subject, @Nullable String username) {
      this.subject = subject;
      this.username = username;
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
     * Lets the token begin later than it was issued.
     *
     * @param notBefore the first instant at which it is good; when it was issued, when not set
     * @return this
     */
    public Builder notBefore(Instant notBefore) {
      this.notBefore = notBefore;
      return this;
    }

    /**
     * Says whether the token still stands.
     *
     * @param status {@link TokenStatus#GOOD} when not set
     * @return this
     */
    public Builder status(TokenStatus status) {
      this.status = status;
      return this;
    }

    /**
     * Builds the description.
     *
     * @return immutable
     * @throws IllegalArgumentException when the token would never be good
     */
    public StoredToken build() {
      return new StoredToken(
          kind,
          id,
          grantId == null ? id : grantId,
          clientId,
          subject,
          username,
          OrderedSets.copyOf(scopes),
          OrderedSets.copyOf(audience),
          issuedAt,
          notBefore,
          expiresAt,
          status);
    }
  }
}
