package dev.gatehouse.internal.rules;

import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.Scheme;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TokenClaims.Terms;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Accepts access tokens, whether bound to a key or not: {@code internal.proof} checks that. Servers
 * report refresh and ID tokens active too, and name the kind of token in one of three members:
 * {@code token_type}, {@code typ} as Keycloak does, or {@code token_use} as Amazon Cognito and Ory
 * Hydra do.
 */
final class TokenKind {

  private static final String BEARER = "Bearer";
  private static final String ACCESS_TOKEN = "access_token";

  /** The uses that are an access token's, in lower case. */
  private static final Set<String> ACCESS_USES =
      Set.of("access", ACCESS_TOKEN, "access-token", "bearer");

  /**
   * The types that are another token's, in lower case. A media type is without {@code
   * application/}. Unknown types say nothing about the kind of token: most servers that send a type
   * repeat the one in a JWT's header.
   */
  private static final Set<String> OTHER_TYPES =
      Set.of(
          "refresh", // Keycloak, and the following
          "offline",
          "id",
          "serialized-id",
          "logout",
          "initialaccesstoken",
          "registrationaccesstoken",
          "refresh_token", // RFC 8693 §3, and the following
          "id_token",
          "offline_token",
          "logout_token",
          "id+jwt",
          "rt+jwt",
          "refresh+jwt",
          "logout+jwt", // OpenID Connect Back-Channel Logout §2.4
          "secevent+jwt", // RFC 8417 §2.3
          "token-introspection+jwt", // RFC 9701 §5
          "client-authentication+jwt",
          "oauth-authz-req+jwt"); // RFC 9101 §10.8

  private static final String MEDIA_TYPE = "application/";

  private TokenKind() {}

  /** Returns the refusal of a token of another kind. */
  static Optional<Refusal> check(TokenClaims claims) {
    Terms terms = claims.terms();
    String type = terms.tokenType();
    if (type != null && !isAccessToken(type)) {
      return refuse(Reason.TOKEN_TYPE, "the token_type is " + LogText.word(type));
    }
    String typ = terms.typ();
    if (typ != null && isOtherType(typ)) {
      return refuse(Reason.TOKEN_TYPE, "the typ is " + LogText.word(typ));
    }
    String use = terms.tokenUse();
    if (use != null && !ACCESS_USES.contains(use.toLowerCase(Locale.ROOT))) {
      return refuse(Reason.TOKEN_TYPE, "the token_use is " + LogText.word(use));
    }
    if (type == null && claims.audience().isEmpty()) {
      return refuse(
          Reason.TOKEN_TYPE, "without token_type and aud, the token may be a refresh token");
    }
    return Optional.empty();
  }

  /** RFC 6749 §5.1: the type is case-insensitive. Some servers send the name from RFC 8693. */
  private static boolean isAccessToken(String type) {
    return type.equals(BEARER) // the usual spelling, without the cost of ignoring case
        || type.equalsIgnoreCase(BEARER)
        || type.equalsIgnoreCase(Scheme.DPOP.text()) // RFC 9449 §5
        || type.equalsIgnoreCase(ACCESS_TOKEN);
  }

  private static boolean isOtherType(String typ) {
    if (typ.equals(BEARER)) {
      return false; // the usual value
    }
    String type = typ.toLowerCase(Locale.ROOT);
    return OTHER_TYPES.contains(
        type.startsWith(MEDIA_TYPE) ? type.substring(MEDIA_TYPE.length()) : type);
  }

  private static Optional<Refusal> refuse(Reason reason, String detail) {
    return Optional.of(Refusal.because(reason, detail));
  }
}
