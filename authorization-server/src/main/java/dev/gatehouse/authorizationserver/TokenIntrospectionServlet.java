package dev.gatehouse.authorizationserver;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionSuccessResponse;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.JWTID;
import com.nimbusds.oauth2.sdk.id.Subject;
import com.nimbusds.oauth2.sdk.token.AccessTokenType;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Date;
import java.util.Optional;

/**
 * Answers resource servers that ask about a token (RFC 7662).
 *
 * <pre>
 * POST /oauth/introspect            200 application/json
 * Authorization: Basic …            {"active":true,"client_id":"demo-client","scope":"notes:read",
 * token=…                            "aud":"https://host/mcp","exp":1795243200,…}
 * </pre>
 */
final class TokenIntrospectionServlet extends FormEndpoint {
  private final String issuer;
  private final TokenLookup tokens;
  private final ClientAuthenticator authenticator;
  private final InstantSource clock;

  TokenIntrospectionServlet(
      String issuer,
      URI url,
      TokenLookup tokens,
      ClientAuthenticator authenticator,
      InstantSource clock) {
    super(url);
    this.issuer = issuer;
    this.tokens = tokens;
    this.authenticator = authenticator;
    this.clock = clock;
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
    if (!caller.client().mayIntrospect()) {
      // RFC 7662 §2.1: the caller must be authorised, not merely known
      return Answers.error(
          new ErrorObject(
              OAuth2Error.UNAUTHORIZED_CLIENT_CODE, "Only resource servers may introspect", 403));
    }
    Optional<OpaqueToken> asked = token(form);
    if (asked.isEmpty()) {
      return Answers.error(
          new ErrorObject(OAuth2Error.INVALID_REQUEST_CODE, "The token parameter is missing", 400));
    }
    Instant now = clock.instant();
    HTTPResponse response =
        tokens
            .find(asked.get())
            .filter(token -> token.isActiveAt(now))
            .filter(token -> isShownTo(caller.client(), token))
            .map(this::active)
            .orElseGet(() -> new TokenIntrospectionSuccessResponse.Builder(false).build())
            .toHTTPResponse();
    response.setCacheControl("no-store");
    return response;
  }

  /** RFC 7662 §4: whoever a token is not for learns nothing of it, not even that it exists. */
  private static boolean isShownTo(RegisteredClient caller, StoredToken token) {
    return switch (token.kind()) {
      case ACCESS -> !Collections.disjoint(caller.resources(), token.audience());
      case REFRESH -> caller.id().equals(token.clientId());
    };
  }

  private TokenIntrospectionSuccessResponse active(StoredToken token) {
    TokenIntrospectionSuccessResponse.Builder answer =
        new TokenIntrospectionSuccessResponse.Builder(true)
            .clientID(new ClientID(token.clientId()))
            .expirationTime(Date.from(token.expiresAt()))
            .issueTime(Date.from(token.issuedAt()))
            .notBeforeTime(Date.from(token.notBefore()))
            .issuer(new Issuer(issuer))
            .jwtID(new JWTID(token.id()));
    if (!token.scopes().isEmpty()) {
      answer.scope(new Scope(token.scopes().toArray(new String[0])));
    }
    if (!token.audience().isEmpty()) {
      answer.audience(Audience.create(token.audience().toArray(new String[0])));
    }
    if (token.kind() == TokenKind.ACCESS) {
      // A refresh token has no token_type: one that says Bearer would be taken for an access token.
      answer.tokenType(AccessTokenType.BEARER);
    }
    if (token.subject() != null) {
      answer.subject(new Subject(token.subject()));
    }
    if (token.username() != null) {
      answer.username(token.username());
    }
    return answer.build();
  }

  /** RFC 7662 §2.1: the hint only changes the order of look-up, and there is one look-up here. */
  private static Optional<OpaqueToken> token(HTTPRequest form) {
    try {
      return Optional.of(
          new OpaqueToken(TokenIntrospectionRequest.parse(form).getToken().getValue()));
    } catch (ParseException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
