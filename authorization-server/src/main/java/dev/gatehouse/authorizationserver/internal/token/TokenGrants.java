package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import dev.gatehouse.authorizationserver.internal.endpoint.UntrustedInput;
import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.internal.settings.ServerIdentity;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.TokenStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/** Passes each token request to the flow for its grant type (RFC 6749 §4). */
public final class TokenGrants {
  private final TokenStore tokens;
  private final KeyProofs proofs;
  private final List<GrantType> grantTypes;
  private final ClientCredentialsFlow clientCredentials;
  private final AuthorizationCodeFlow code;
  private final RefreshFlow refresh;

  /** Whether the store has been seen to keep the binding of a token. */
  private volatile boolean bindingsAreStored;

  public TokenGrants(
      ServerIdentity identity,
      Stores stores,
      Lifetimes lifetimes,
      AccessTokenFormat format,
      KeyProofs proofs,
      InstantSource clock) {
    TokenFactory tokenFactory = new TokenFactory(lifetimes, format, clock);
    this.tokens = stores.tokens();
    this.proofs = proofs;
    this.grantTypes = stores.grantTypes();
    RequestedScopes scopes = new RequestedScopes(identity.scopesSupported());
    this.clientCredentials =
        new ClientCredentialsFlow(identity, scopes, stores.tokens(), tokenFactory, proofs);
    this.code = new AuthorizationCodeFlow(stores, tokenFactory, proofs, clock);
    this.refresh =
        new RefreshFlow(stores, scopes, tokenFactory, proofs, lifetimes.refreshGrace(), clock);
  }

  TokenResult handle(HTTPRequest form, RegisteredClient client) {
    TokenRequest request;
    try {
      request = UntrustedInput.parse("token request", () -> TokenRequest.parse(form));
    } catch (ParseException e) {
      return new TokenResult.Refused(TokenErrors.of(e.getErrorObject()));
    }
    AuthorizationGrant grant = request.getAuthorizationGrant();
    if (!grantTypes.contains(grant.getType())) {
      return new TokenResult.Refused(TokenErrors.UNSUPPORTED_GRANT_TYPE);
    }
    if (!client.mayUse(grant.getType().getValue())) {
      return new TokenResult.Refused(TokenErrors.UNAUTHORIZED_CLIENT);
    }
    KeyProofs.Outcome outcome = proofs.read(form, client);
    if (outcome instanceof KeyProofs.Refused refused) {
      return new TokenResult.Refused(refused.error());
    }
    if (!(outcome instanceof KeyProofs.Presented presented)) {
      throw new IllegalStateException("unknown outcome " + outcome.getClass());
    }
    return checkBinding(handle(request, grant, client, presented.keys()));
  }

  private TokenResult handle(
      TokenRequest request, AuthorizationGrant grant, RegisteredClient client, PresentedKeys keys) {
    if (grant instanceof ClientCredentialsGrant) {
      return clientCredentials.handle(request, client, keys);
    }
    if (grant instanceof AuthorizationCodeGrant presented) {
      return code.handle(request, presented, client, keys);
    }
    if (grant instanceof RefreshTokenGrant presented) {
      return refresh.handle(request, presented, client, keys);
    }
    throw new IllegalStateException("no flow for grant type " + grant.getType());
  }

  /**
   * Reads the first bound token back. A store that was written for an earlier version may lose the
   * binding, and introspection would then report a token that everybody can use.
   */
  private TokenResult checkBinding(TokenResult result) {
    if (!bindingsAreStored
        && result instanceof TokenResult.Issued issued
        && issued.confirmation() != null) {
      bindingsAreStored =
          tokens
              .find(issued.access())
              .filter(token -> Objects.equals(issued.confirmation(), token.confirmation()))
              .isPresent();
      if (!bindingsAreStored) {
        tokens.revoke(issued.access().hash());
        throw new IllegalStateException(
            "the token store "
                + tokens.getClass().getName()
                + " has lost the keys that a token is bound to; let it keep"
                + " StoredToken.confirmation()");
      }
    }
    return result;
  }
}
