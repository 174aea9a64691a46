package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.oauth2.sdk.token.Tokens;
import dev.gatehouse.authorizationserver.internal.client.ClientAuthenticator;
import dev.gatehouse.authorizationserver.internal.client.ClientEndpoint;
import dev.gatehouse.authorizationserver.internal.endpoint.Responses;
import dev.gatehouse.authorizationserver.store.Confirmation;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.net.URI;
import java.time.Duration;

/**
 * Issues tokens (RFC 6749 §3.2).
 *
 * <pre>
 * POST /oauth/token                                   200 application/json
 * Authorization: Basic …                              {"access_token":"…","token_type":"Bearer",
 * grant_type=client_credentials&amp;resource=https%3A…    "expires_in":600,"scope":"notes:read"}
 * </pre>
 */
public final class TokenEndpoint extends ClientEndpoint {
  private final TokenGrants grants;
  private final Duration accessTokenLifetime;
  private final Sweeper sweeper;

  public TokenEndpoint(
      URI url,
      ClientAuthenticator authenticator,
      TokenGrants grants,
      Duration accessTokenLifetime,
      Sweeper sweeper) {
    super(url, authenticator);
    this.grants = grants;
    this.accessTokenLifetime = accessTokenLifetime;
    this.sweeper = sweeper;
  }

  /** Expired data is deleted while the token endpoint is in service. */
  @Override
  protected void start() {
    sweeper.start();
  }

  @Override
  protected void stop() {
    sweeper.stop();
  }

  @Override
  protected boolean isForBrowserClients() {
    return true;
  }

  @Override
  protected HTTPResponse handle(HTTPRequest form, RegisteredClient client) {
    TokenResult answer = grants.handle(form, client);
    if (answer instanceof TokenResult.Refused refused) {
      return Responses.error(refused.error());
    }
    if (answer instanceof TokenResult.Issued issued) {
      return success(issued);
    }
    throw new IllegalStateException("unknown answer " + answer.getClass());
  }

  private HTTPResponse success(TokenResult.Issued issued) {
    String value = issued.access().value();
    long seconds = accessTokenLifetime.toSeconds();
    Scope scope =
        issued.scopes().isEmpty() ? null : new Scope(issued.scopes().toArray(new String[0]));
    Confirmation bound = issued.confirmation();
    // RFC 9449 §5; a token that is bound to a certificate alone is Bearer (RFC 8705 §3)
    AccessToken access =
        bound != null && bound.keyThumbprint() != null
            ? new DPoPAccessToken(value, seconds, scope)
            : new BearerAccessToken(value, seconds, scope);
    RefreshToken refreshToken =
        issued.refresh() == null ? null : new RefreshToken(issued.refresh().value());
    return new AccessTokenResponse(new Tokens(access, refreshToken)).toHTTPResponse();
  }
}
