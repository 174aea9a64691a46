package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.internal.client.ClientAuthenticator;
import dev.gatehouse.authorizationserver.internal.client.ClientEndpoint;
import dev.gatehouse.authorizationserver.internal.endpoint.Responses;
import dev.gatehouse.authorizationserver.internal.endpoint.UntrustedInput;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenStore;
import java.net.URI;
import java.util.Optional;

/**
 * Revokes tokens (RFC 7009): an access token alone, a refresh token with its whole grant.
 *
 * <pre>
 * POST /oauth/revoke                200
 * Authorization: Basic …
 * token=…
 * </pre>
 */
public final class RevocationEndpoint extends ClientEndpoint {
  private final TokenStore tokens;

  public RevocationEndpoint(URI url, TokenStore tokens, ClientAuthenticator authenticator) {
    super(url, authenticator);
    this.tokens = tokens;
  }

  @Override
  protected boolean isForBrowserClients() {
    return true;
  }

  @Override
  protected HTTPResponse handle(HTTPRequest form, RegisteredClient client) {
    Optional<OpaqueToken> asked = token(form);
    if (asked.isEmpty()) {
      return Responses.error(
          new ErrorObject(OAuth2Error.INVALID_REQUEST_CODE, "The token parameter is missing", 400));
    }
    // RFC 7009 §2.1: only the client's own tokens; §2.2: the same response for unknown ones
    tokens
        .find(asked.get())
        .filter(token -> token.clientId().equals(client.id()))
        .ifPresent(token -> revoke(asked.get(), token));
    HTTPResponse done = new HTTPResponse(HTTPResponse.SC_OK);
    done.setCacheControl("no-store");
    return done;
  }

  private void revoke(OpaqueToken presented, StoredToken token) {
    switch (token.kind()) {
      case ACCESS -> tokens.revoke(presented.hash());
      case REFRESH -> tokens.revokeGrant(token.grantId());
    }
  }

  private static Optional<OpaqueToken> token(HTTPRequest form) {
    try {
      return Optional.of(
          UntrustedInput.parse(
              "revocation request",
              () -> new OpaqueToken(TokenRevocationRequest.parse(form).getToken().getValue())));
    } catch (ParseException e) {
      return Optional.empty();
    }
  }
}
