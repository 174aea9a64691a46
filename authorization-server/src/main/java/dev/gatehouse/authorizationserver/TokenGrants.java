package dev.gatehouse.authorizationserver;

import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import java.time.InstantSource;
import java.util.List;

/** Passes each token request to the flow for its grant type (RFC 6749 §4). */
final class TokenGrants {
  private final List<GrantType> grantTypes;
  private final ClientCredentialsFlow clientCredentials;
  private final AuthorizationCodeFlow code;
  private final RefreshFlow refresh;

  TokenGrants(ServerIdentity identity, Stores stores, Lifetimes lifetimes, InstantSource clock) {
    NewTokens newTokens = new NewTokens(lifetimes, clock);
    this.grantTypes = stores.grantTypes();
    this.clientCredentials = new ClientCredentialsFlow(identity, stores.tokens(), newTokens);
    this.code = new AuthorizationCodeFlow(stores, newTokens, clock);
    this.refresh = new RefreshFlow(stores, newTokens, lifetimes.refreshGrace(), clock);
  }

  TokenAnswer answer(HTTPRequest form, RegisteredClient client) {
    TokenRequest request;
    try {
      request = TokenRequest.parse(form);
    } catch (ParseException e) {
      return new TokenAnswer.Refused(TokenErrors.of(e.getErrorObject()));
    } catch (IllegalArgumentException e) {
      // Nimbus puts what it was sent into its message, and then refuses the message.
      return new TokenAnswer.Refused(TokenErrors.INVALID_REQUEST);
    }
    AuthorizationGrant grant = request.getAuthorizationGrant();
    if (!grantTypes.contains(grant.getType())) {
      return new TokenAnswer.Refused(TokenErrors.UNSUPPORTED_GRANT_TYPE);
    }
    if (!client.mayUse(grant.getType().getValue())) {
      return new TokenAnswer.Refused(TokenErrors.UNAUTHORIZED_CLIENT);
    }
    if (grant instanceof ClientCredentialsGrant) {
      return clientCredentials.answer(request, client);
    }
    if (grant instanceof AuthorizationCodeGrant presented) {
      return code.answer(request, presented, client);
    }
    if (grant instanceof RefreshTokenGrant presented) {
      return refresh.answer(request, presented, client);
    }
    throw new IllegalStateException("a grant type without a flow: " + grant.getType());
  }
}
