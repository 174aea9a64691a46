package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.Confirmation;
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
import org.jspecify.annotations.Nullable;
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
  private final KeyProofs proofs;
  private final Duration grace;
  private final InstantSource clock;

  RefreshFlow(
      Stores stores,
      RequestedScopes scopes,
      TokenFactory tokenFactory,
      KeyProofs proofs,
      Duration grace,
      InstantSource clock) {
    this.stores = stores;
    this.scopes = scopes;
    this.tokenFactory = tokenFactory;
    this.proofs = proofs;
    this.grace = grace;
    this.clock = clock;
  }

  TokenResult handle(
      TokenRequest request, RefreshTokenGrant grant, RegisteredClient client, PresentedKeys keys) {
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
    // RFC 9449 §5: without its key, a stolen refresh token is worth nothing
    if (!keys.satisfy(token.confirmation())) {
      LOG.info("client {} sent no proof of the key of its refresh token", client.id());
      return INVALID_GRANT;
    }
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
    if (!proofs.use(keys)) {
      return new TokenResult.Refused(TokenErrors.INVALID_DPOP_PROOF);
    }
    TokenFactory.NewToken access =
        tokenFactory.access(owner, allowed.scopes(), chosen.resources(), keys.confirmation());
    Confirmation bound = token.confirmation();
    Confirmation successorBound = bound == null ? keys.refreshConfirmation(client) : bound;
    TokenResult answer = exchange(presented, token, owner, access, successorBound, now);
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
      @Nullable Confirmation successorBound,
      Instant now) {
    Rotation attempt = Rotation.startedAt(now);
    // The successor keeps the whole grant, even if this access token has less.
    TokenFactory.NewToken successor =
        tokenFactory.refresh(
            attempt.successorOf(presented),
            owner,
            token.scopes(),
            token.audience(),
            successorBound);
    Optional<Rotation> first =
        stores
            .tokens()
            .rotate(presented.hash(), attempt, List.of(access.stored(), successor.stored()));
    if (first.isEmpty()) {
      return INVALID_GRANT;
    }
    if (first.get().nonce().equals(attempt.nonce())) {
      return issued(access, successor.value());
    }
    if (now.isBefore(first.get().at().plus(grace))) {
      stores.tokens().save(List.of(access.stored()));
      return issued(access, first.get().successorOf(presented));
    }
    stores.tokens().revokeGrant(token.grantId());
    LOG.warn(
        "client {} used refresh token {} again: its grant is revoked",
        token.clientId(),
        presented.hash());
    return INVALID_GRANT;
  }

  private static TokenResult issued(TokenFactory.NewToken access, OpaqueToken successor) {
    return new TokenResult.Issued(
        access.value(), successor, access.meaning().scopes(), access.meaning().confirmation());
  }
}
