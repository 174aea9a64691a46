package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.oauth2.sdk.TokenRequest;
import dev.gatehouse.authorizationserver.internal.settings.ServerIdentity;
import dev.gatehouse.authorizationserver.store.Confirmation;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.ScopeNames;
import dev.gatehouse.authorizationserver.store.TokenStore;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The client credentials grant (RFC 6749 §4.4). Its tokens have no subject, because no user is
 * involved.
 */
final class ClientCredentialsFlow {
  private final String issuer;
  private final TokenStore tokens;
  private final TokenFactory tokenFactory;
  private final KeyProofs proofs;
  private final RequestedScopes scopes;
  private final RequestedResources resources;

  ClientCredentialsFlow(
      ServerIdentity identity,
      RequestedScopes scopes,
      TokenStore tokens,
      TokenFactory tokenFactory,
      KeyProofs proofs) {
    this.issuer = identity.issuer();
    this.tokens = tokens;
    this.tokenFactory = tokenFactory;
    this.proofs = proofs;
    this.scopes = scopes;
    this.resources = new RequestedResources(identity.resources());
  }

  TokenResult handle(TokenRequest request, RegisteredClient client, PresentedKeys keys) {
    RequestedScopes.Outcome granted = scopes.chooseWithoutUser(request.getScope(), client);
    if (!(granted instanceof RequestedScopes.Allowed allowed)) {
      return new TokenResult.Refused(TokenErrors.INVALID_SCOPE);
    }
    RequestedResources.Outcome audience = audience(request.getResources(), allowed.scopes());
    if (!(audience instanceof RequestedResources.Chosen chosen)) {
      return new TokenResult.Refused(TokenErrors.INVALID_TARGET);
    }
    TokenFactory.Owner owner = TokenFactory.Owner.client(UUID.randomUUID().toString(), client.id());
    if (!proofs.use(keys)) {
      return new TokenResult.Refused(TokenErrors.INVALID_DPOP_PROOF);
    }
    Confirmation bound = keys.confirmation();
    TokenFactory.NewToken access =
        tokenFactory.access(owner, allowed.scopes(), chosen.resources(), bound);
    tokens.save(List.of(access.stored()));
    return new TokenResult.Issued(access.value(), null, allowed.scopes(), bound);
  }

  /**
   * By default, the audience of a token for introspection is this server, so no MCP server accepts
   * it.
   */
  private RequestedResources.Outcome audience(@Nullable List<URI> asked, Set<String> granted) {
    boolean silent = asked == null || asked.isEmpty();
    return silent && granted.contains(ScopeNames.INTROSPECT)
        ? new RequestedResources.Chosen(Set.of(issuer))
        : resources.choose(asked);
  }
}
