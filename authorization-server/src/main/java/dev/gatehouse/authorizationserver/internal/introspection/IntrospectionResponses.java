package dev.gatehouse.authorizationserver.internal.introspection;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenIntrospectionSuccessResponse;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.JWTID;
import com.nimbusds.oauth2.sdk.id.Subject;
import com.nimbusds.oauth2.sdk.token.AccessTokenType;
import dev.gatehouse.authorizationserver.internal.keys.SigningKeys;
import dev.gatehouse.authorizationserver.store.Confirmation;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.UserAuthentication;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.Locale;
import net.minidev.json.JSONObject;
import org.jspecify.annotations.Nullable;

/** Builds introspection responses (RFC 7662 §2.2), as JSON or as a signed JWT (RFC 9701 §5). */
public final class IntrospectionResponses {
  private static final String JWT_TYPE = "token-introspection+jwt";
  private static final String JWT_MEDIA_TYPE = "application/" + JWT_TYPE;

  private final String issuer;
  private final @Nullable SigningKeys signingKeys;
  private final InstantSource clock;

  public IntrospectionResponses(
      String issuer, @Nullable SigningKeys signingKeys, InstantSource clock) {
    this.issuer = issuer;
    this.signingKeys = signingKeys;
    this.clock = clock;
  }

  static TokenIntrospectionSuccessResponse inactive() {
    return new TokenIntrospectionSuccessResponse.Builder(false).build();
  }

  TokenIntrospectionSuccessResponse active(StoredToken token) {
    Confirmation bound = token.confirmation();
    TokenIntrospectionSuccessResponse.Builder introspection =
        new TokenIntrospectionSuccessResponse.Builder(true)
            .clientID(new ClientID(token.clientId()))
            .expirationTime(Date.from(token.expiresAt()))
            .issueTime(Date.from(token.issuedAt()))
            .notBeforeTime(Date.from(token.notBefore()))
            .issuer(new Issuer(issuer))
            .jwtID(new JWTID(token.id()));
    if (!token.scopes().isEmpty()) {
      introspection.scope(new Scope(token.scopes().toArray(new String[0])));
    }
    if (!token.audience().isEmpty()) {
      introspection.audience(Audience.create(token.audience().toArray(new String[0])));
    }
    if (token.kind() == TokenKind.ACCESS) {
      // Without token_type for a refresh token: with Bearer it could pass for an access token.
      introspection.tokenType(
          bound != null && bound.keyThumbprint() != null
              ? AccessTokenType.DPOP // RFC 9449 §6.2
              : AccessTokenType.BEARER);
    }
    if (bound != null) {
      // RFC 9449 §6.2, RFC 8705 §3.2
      introspection.parameter("cnf", new JSONObject(bound.members()));
    }
    if (token.subject() != null) {
      introspection.subject(new Subject(token.subject()));
    }
    if (token.username() != null) {
      introspection.username(token.username());
    }
    UserAuthentication authentication = token.authentication();
    if (authentication != null) {
      // RFC 9470 §6.2
      introspection
          .parameter("auth_time", authentication.time().getEpochSecond())
          .parameter("acr", authentication.acr());
    }
    return introspection.build();
  }

  HTTPResponse write(
      TokenIntrospectionSuccessResponse introspection,
      RegisteredClient caller,
      @Nullable String accept) {
    SigningKeys keys = signingKeys;
    HTTPResponse response =
        keys != null && wantsJwt(accept)
            ? signed(introspection, caller, keys)
            : introspection.toHTTPResponse();
    response.setCacheControl("no-store");
    return response;
  }

  private static boolean wantsJwt(@Nullable String accept) {
    return accept != null
        && Arrays.stream(accept.toLowerCase(Locale.ROOT).split(",", -1))
            .map(range -> range.replaceAll("\\s", ""))
            .anyMatch(
                range ->
                    (range.equals(JWT_MEDIA_TYPE) || range.startsWith(JWT_MEDIA_TYPE + ";"))
                        && !range.matches(".*;q=0(\\.0*)?"));
  }

  private HTTPResponse signed(
      TokenIntrospectionSuccessResponse introspection, RegisteredClient caller, SigningKeys keys) {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .audience(caller.id())
            .issueTime(Date.from(clock.instant()))
            // RFC 9701 §5: nested, so that the response cannot be used as an access token
            .claim("token_introspection", introspection.toJSONObject())
            .build();
    HTTPResponse response = new HTTPResponse(HTTPResponse.SC_OK);
    try {
      response.setContentType(JWT_MEDIA_TYPE);
    } catch (ParseException e) {
      throw new IllegalStateException("not a media type", e);
    }
    response.setBody(keys.sign(JWT_TYPE, claims));
    return response;
  }
}
