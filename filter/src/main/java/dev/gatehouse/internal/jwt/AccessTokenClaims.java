package dev.gatehouse.internal.jwt;

import dev.gatehouse.internal.claims.ClaimsReader;
import dev.gatehouse.internal.claims.MalformedClaimException;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TokenClaims.Terms;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the claims of an access token that is a JWT (RFC 9068 §2.2), and tells it from other JWTs
 * that the same server signs with the same keys (RFC 8725 §3.12).
 */
final class AccessTokenClaims {

  /** RFC 9068 §2.1. */
  private static final String ACCESS_TYPE = "at+jwt";

  private static final List<String> SCOPES = List.of("scope", "scp");

  /** RFC 9068 §2.2, Keycloak and Auth0, Okta, Entra ID. */
  private static final List<String> CLIENT_IDS = List.of("client_id", "azp", "cid", "appid");

  /**
   * Claims of ID tokens (OpenID Connect Core §2, §3.3.2.11) that access tokens hardly ever have.
   */
  private static final List<String> OF_ID_TOKENS = List.of("nonce", "at_hash", "c_hash", "s_hash");

  /** Claims that make a JWT another thing: RFC 8417 §2.2, RFC 9701 §5. */
  private static final List<String> OF_OTHER_JWTS = List.of("events", "token_introspection");

  /** Claims that only access tokens have: RFC 9068 §2.2, Okta, Entra ID, Auth0. */
  private static final List<String> OF_ACCESS_TOKENS =
      List.of("client_id", "cid", "appid", "appidacr", "azpacr", "permissions", "gty");

  private static final String BEARER = "Bearer";

  private AccessTokenClaims() {}

  /**
   * Reads the claims.
   *
   * @param type of the header; null if it has none
   */
  static TokenClaims read(ClaimsReader claims, @Nullable String type, List<String> scopeClaims)
      throws MalformedClaimException, RefusedJwtException {
    Set<String> granted = claims.scopes(SCOPES);
    String tokenType = claims.sharedText("token_type");
    String typ = claims.sharedText("typ");
    String use = claims.sharedText("token_use");
    throwIfOtherJwt(claims, granted);
    boolean named = ACCESS_TYPE.equals(type) || tokenType != null || use != null || isBearer(typ);
    if (!named && granted.isEmpty() && OF_ACCESS_TOKENS.stream().noneMatch(claims::has)) {
      throw new RefusedJwtException(
          Reason.TOKEN_TYPE,
          "nothing shows that the JWT is an access token: it may be an ID token");
    }
    Terms terms =
        new Terms(
            claims.firstText(CLIENT_IDS),
            claims.sharedText("iss"),
            claims.audience(),
            claims.withAdditional(granted, scopeClaims),
            // Otherwise a token without aud would count as a refresh token.
            tokenType == null && named ? BEARER : tokenType,
            typ,
            use,
            claims.has("cnf"),
            claims.hasSignOfUser());
    return new TokenClaims(
        claims.text("sub"),
        ClaimsReader.shared(terms),
        claims.time("exp", TokenClaims.NEVER),
        claims.time("nbf", 0),
        claims.all());
  }

  private static void throwIfOtherJwt(ClaimsReader claims, Set<String> granted)
      throws RefusedJwtException {
    for (String name : OF_OTHER_JWTS) {
      if (claims.has(name)) {
        throw new RefusedJwtException(
            Reason.TOKEN_TYPE, "the JWT is no access token: it has " + name);
      }
    }
    for (String name : OF_ID_TOKENS) {
      if (granted.isEmpty() && claims.has(name)) {
        throw new RefusedJwtException(
            Reason.TOKEN_TYPE, "the JWT is an ID token: it has " + name + " and no scope");
      }
    }
  }

  /** Keycloak names its access tokens in the payload. */
  private static boolean isBearer(@Nullable String typ) {
    return BEARER.equalsIgnoreCase(typ);
  }
}
