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
import java.time.InstantSource;
import java.util.List;

/** Passes each token request to the flow for its grant type (RFC 6749 §4). */
public final class TokenGrants {
  private final List<GrantType> grantTypes;
  private final ClientCredentialsFlow clientCredentials;
  private final AuthorizationCodeFlow code;
  private final RefreshFlow refresh;

  public TokenGrants(
      ServerIdentity identity, Stores stores, Lifetimes lifetimes, InstantSource clock) {
    TokenFactory tokenFactory = new TokenFactory(lifetimes, clock);
    this.grantTypes = stores.grantTypes();
    RequestedScopes scopes = new RequestedScopes(identity.scopesSupported());
    this.clientCredentials =
        new ClientCredentialsFlow(identity, scopes, stores.tokens(), tokenFactory);
    this.code = new AuthorizationCodeFlow(stores, tokenFactory, clock);
    this.refresh = new RefreshFlow(stores, scopes, tokenFactory, lifetimes.refreshGrace(), clock);
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
    if (grant instanceof ClientCredentialsGrant) {
      return clientCredentials.handle(request, client);
    }
    if (grant instanceof AuthorizationCodeGrant presented) {
      return code.handle(request, presented, client);
    }
    if (grant instanceof RefreshTokenGrant presented) {
      return refresh.handle(request, presented, client);
    }
    throw new IllegalStateException("no flow for grant type " + grant.getType());
  }
}
