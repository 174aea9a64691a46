package dev.gatehouse.authorizationserver;

import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.Tokens;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;

/**
 * Issues tokens (RFC 6749 §3.2).
 *
 * <pre>
 * POST /oauth/token                                   200 application/json
 * Authorization: Basic …                              {"access_token":"…","token_type":"Bearer",
 * grant_type=client_credentials&amp;resource=https%3A…    "expires_in":600,"scope":"notes:read"}
 * </pre>
 */
final class TokenEndpoint extends FormEndpoint {
  private final Settings settings;
  private final ClientAuthenticator authenticator;
  private final RequestedResources resources;

  TokenEndpoint(Settings settings, URI url, ClientAuthenticator authenticator) {
    super(url);
    this.settings = settings;
    this.authenticator = authenticator;
    this.resources = new RequestedResources(settings.resources());
  }

  @Override
  HTTPResponse answer(HTTPRequest form) {
    ClientAuthenticator.Outcome outcome = authenticator.authenticate(form);
    if (outcome instanceof ClientAuthenticator.Refused refused) {
      return Answers.error(refused.error());
    }
    if (!(outcome instanceof ClientAuthenticator.Authenticated caller)) {
      throw new IllegalStateException("unknown outcome " + outcome.getClass());
    }
    try {
      return answer(TokenRequest.parse(form), caller.client());
    } catch (ParseException e) {
      return Answers.error(fixed(e.getErrorObject()));
    } catch (IllegalArgumentException e) {
      // Nimbus puts what it was sent into its message, and then refuses the message.
      return Answers.error(fixed(OAuth2Error.INVALID_REQUEST));
    }
  }

  private HTTPResponse answer(TokenRequest request, RegisteredClient client) {
    if (!(request.getAuthorizationGrant() instanceof ClientCredentialsGrant grant)) {
      return Answers.error(fixed(OAuth2Error.UNSUPPORTED_GRANT_TYPE));
    }
    if (!client.mayUse(grant.getType().getValue())) {
      return Answers.error(fixed(OAuth2Error.UNAUTHORIZED_CLIENT));
    }
    RequestedScopes.Outcome scopes = RequestedScopes.of(request.getScope(), client.scopes());
    if (scopes instanceof RequestedScopes.Refused) {
      return Answers.error(fixed(OAuth2Error.INVALID_SCOPE));
    }
    RequestedResources.Outcome audience = resources.choose(request.getResources());
    if (audience instanceof RequestedResources.Refused) {
      return Answers.error(fixed(OAuth2Error.INVALID_TARGET));
    }
    if (scopes instanceof RequestedScopes.Allowed allowed
        && audience instanceof RequestedResources.Chosen chosen) {
      return issue(client, allowed.scopes(), chosen.resources());
    }
    throw new IllegalStateException("neither allowed nor refused");
  }

  private HTTPResponse issue(RegisteredClient client, Set<String> scopes, Set<String> audience) {
    // Whole seconds, as in every message: exp - iat is expires_in, to the second.
    Instant now = settings.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    OpaqueToken token = OpaqueToken.random();
    StoredToken meaning =
        StoredToken.builder(
                TokenKind.ACCESS, client.id(), now, now.plus(settings.accessTokenLifetime()))
            .scopes(scopes)
            .audience(audience)
            .build();
    settings.tokens().save(List.of(new IssuedToken(token.hash(), meaning)));
    BearerAccessToken answer =
        new BearerAccessToken(
            token.value(),
            settings.accessTokenLifetime().toSeconds(),
            scopes.isEmpty() ? null : new Scope(scopes.toArray(new String[0])));
    return new AccessTokenResponse(new Tokens(answer, null)).toHTTPResponse();
  }

  /** The code alone with a fixed text: what was sent never comes back in an answer. */
  private static ErrorObject fixed(ErrorObject error) {
    return switch (error == null ? OAuth2Error.INVALID_REQUEST_CODE : error.getCode()) {
      case OAuth2Error.UNSUPPORTED_GRANT_TYPE_CODE ->
          new ErrorObject(error.getCode(), "This grant type is not offered", 400);
      case OAuth2Error.UNAUTHORIZED_CLIENT_CODE ->
          new ErrorObject(error.getCode(), "The client may not use this grant type", 400);
      case OAuth2Error.INVALID_SCOPE_CODE ->
          new ErrorObject(error.getCode(), "The client may not have these scopes", 400);
      case OAuth2Error.INVALID_TARGET_CODE ->
          new ErrorObject(error.getCode(), "Name one resource that this server knows", 400);
      default -> new ErrorObject(OAuth2Error.INVALID_REQUEST_CODE, "The request is malformed", 400);
    };
  }
}
