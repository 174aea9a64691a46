package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.Rotation;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.TokenStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges a refresh token for its successor and a new access token (RFC 6749 §6, RFC 9700
 * §4.14.2).
 *
 * <p>Each token is exchanged once. But clients send concurrent requests and lose responses, so for
 * a few seconds the same client gets the same successor again. After that, a second use means that
 * the token was stolen, and the grant is revoked.
 */
final class RefreshFlow {
  private static final Logger LOG = LoggerFactory.getLogger(RefreshFlow.class);
  private static final TokenResult INVALID_GRANT =
      new TokenResult.Refused(TokenErrors.INVALID_GRANT);

  private final Stores stores;
  private final RequestedScopes scopes;
  private final TokenFactory tokenFactory;
  private final Duration grace;
  private final InstantSource clock;

  RefreshFlow(
      Stores stores,
      RequestedScopes scopes,
      TokenFactory tokenFactory,
      Duration grace,
      InstantSource clock) {
    this.stores = stores;
    this.scopes = scopes;
    this.tokenFactory = tokenFactory;
    this.grace = grace;
    this.clock = clock;
  }

  TokenResult handle(TokenRequest request, RefreshTokenGrant grant, RegisteredClient client) {
    OpaqueToken presented = new OpaqueToken(grant.getRefreshToken().getValue());
    Instant now = clock.instant();
    Optional<StoredToken> found =
        stores
            .tokens()
            .find(presented)
            .filter(token -> token.kind() == TokenKind.REFRESH)
            .filter(token -> token.clientId().equals(client.id()))
            .filter(token -> token.status() != TokenStatus.REVOKED)
            .filter(token -> now.isBefore(token.expiresAt()));
    if (found.isEmpty()) {
      return INVALID_GRANT;
    }
    StoredToken token = found.get();
    if (!stores.userExists(token.subject(), token.username())) {
      stores.tokens().revokeGrant(token.grantId());
      return INVALID_GRANT;
    }
    RequestedScopes.Outcome narrowed = scopes.narrow(request.getScope(), token.scopes(), client);
    if (!(narrowed instanceof RequestedScopes.Allowed allowed)) {
      return new TokenResult.Refused(TokenErrors.INVALID_SCOPE);
    }
    RequestedResources.Outcome audience =
        new RequestedResources(token.audience()).narrow(request.getResources());
    if (!(audience instanceof RequestedResources.Chosen chosen)) {
      return new TokenResult.Refused(TokenErrors.INVALID_TARGET);
    }
    TokenFactory.Owner owner = TokenFactory.Owner.of(token);
    TokenFactory.NewToken access = tokenFactory.access(owner, allowed.scopes(), chosen.resources());
    TokenResult answer = exchange(presented, token, owner, access, now);
    if (answer instanceof TokenResult.Issued) {
      stores.recordUse(client, now);
    }
    return answer;
  }

  private TokenResult exchange(
      OpaqueToken presented,
      StoredToken token,
      TokenFactory.Owner owner,
      TokenFactory.NewToken access,
      Instant now) {
    Rotation attempt = Rotation.startedAt(now);
    // The successor keeps the whole grant, even if this access token has less.
    TokenFactory.NewToken successor =
        tokenFactory.refresh(
            attempt.successorOf(presented), owner, token.scopes(), token.audience());
    Optional<Rotation> first =
        stores
            .tokens()
            .rotate(presented.hash(), attempt, List.of(access.stored(), successor.stored()));
    if (first.isEmpty()) {
      return INVALID_GRANT;
    }
    if (first.get().nonce().equals(attempt.nonce())) {
      return new TokenResult.Issued(access.value(), successor.value(), access.meaning().scopes());
    }
    if (now.isBefore(first.get().at().plus(grace))) {
      stores.tokens().save(List.of(access.stored()));
      return new TokenResult.Issued(
          access.value(), first.get().successorOf(presented), access.meaning().scopes());
    }
    stores.tokens().revokeGrant(token.grantId());
    LOG.warn(
        "client {} used refresh token {} again: its grant is revoked",
        token.clientId(),
        presented.hash());
    return INVALID_GRANT;
  }
}
