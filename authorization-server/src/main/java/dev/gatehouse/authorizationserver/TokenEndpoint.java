package dev.gatehouse.authorizationserver;

import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.oauth2.sdk.token.Tokens;
import java.net.URI;

/**
 * Issues tokens (RFC 6749 §3.2).
 *
 * <pre>
 * POST /oauth/token                                   200 application/json
 * Authorization: Basic …                              {"access_token":"…","token_type":"Bearer",
 * grant_type=client_credentials&amp;resource=https%3A…    "expires_in":600,"scope":"notes:read"}
 * </pre>
 */
final class TokenEndpoint extends ClientEndpoint {
  private final Settings settings;
  private final ClientCredentialsFlow clientCredentials;
  private final AuthorizationCodeFlow code;
  private final RefreshFlow refresh;
  private final Sweeper sweeper;

  TokenEndpoint(Settings settings, URI url, ClientAuthenticator authenticator) {
    super(url, authenticator);
    this.settings = settings;
    this.clientCredentials = new ClientCredentialsFlow(settings);
    this.code = new AuthorizationCodeFlow(settings);
    this.refresh = new RefreshFlow(settings);
    this.sweeper = new Sweeper(settings);
  }

  /** Whoever issues tokens also clears them away. */
  @Override
  void begin() {
    sweeper.start();
  }

  @Override
  void end() {
    sweeper.stop();
  }

  @Override
  boolean isForBrowserClients() {
    return true;
  }

  @Override
  HTTPResponse answer(HTTPRequest form, RegisteredClient client) {
    TokenAnswer answer = tokens(form, client);
    if (answer instanceof TokenAnswer.Refused refused) {
      return Answers.error(refused.error());
    }
    if (answer instanceof TokenAnswer.Issued issued) {
      return success(issued);
    }
    throw new IllegalStateException("unknown answer " + answer.getClass());
  }

  private TokenAnswer tokens(HTTPRequest form, RegisteredClient client) {
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
    if (!settings.grantTypes().contains(grant.getType())) {
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

  private HTTPResponse success(TokenAnswer.Issued issued) {
    BearerAccessToken access =
        new BearerAccessToken(
            issued.access().value(),
            settings.accessTokenLifetime().toSeconds(),
            issued.scopes().isEmpty() ? null : new Scope(issued.scopes().toArray(new String[0])));
    RefreshToken refreshToken =
        issued.refresh() == null ? null : new RefreshToken(issued.refresh().value());
    return new AccessTokenResponse(new Tokens(access, refreshToken)).toHTTPResponse();
  }
}
