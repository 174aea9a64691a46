package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.gatehouse.authorizationserver.internal.keys.SigningKeys;
import dev.gatehouse.authorizationserver.store.Confirmation;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.UserAuthentication;
import java.util.Date;
import java.util.List;

/** What an access token looks like. In each case the server stores its hash and its data. */
@FunctionalInterface
public interface AccessTokenFormat {
  /** The {@code typ} of a JWT access token (RFC 9068 §2.1). */
  String JWT_TYPE = "at+jwt";

  /** Returns a new token with this meaning. */
  OpaqueToken value(StoredToken meaning);

  /** 256 random bits, which say nothing. */
  static AccessTokenFormat opaque() {
    return meaning -> OpaqueToken.random();
  }

  /**
   * A signed JWT that states what the token means (RFC 9068 §2.2). It contains no user name: the
   * client could read it, which is not told who the user is.
   */
  static AccessTokenFormat jwt(String issuer, SigningKeys keys) {
    return meaning -> new OpaqueToken(keys.sign(JWT_TYPE, claims(issuer, meaning)));
  }

  private static JWTClaimsSet claims(String issuer, StoredToken token) {
    String subject = token.subject();
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            // RFC 9068 §2.2: of a client that acts for itself, the client
            .subject(subject == null ? token.clientId() : subject)
            .audience(List.copyOf(token.audience()))
            .claim("client_id", token.clientId())
            .issueTime(Date.from(token.issuedAt()))
            .expirationTime(Date.from(token.expiresAt()))
            .jwtID(token.id());
    if (!token.scopes().isEmpty()) {
      claims.claim("scope", String.join(" ", token.scopes()));
    }
    UserAuthentication authentication = token.authentication();
    if (authentication != null) {
      // RFC 9068 §2.2.1
      claims
          .claim("auth_time", authentication.time().getEpochSecond())
          .claim("acr", authentication.acr());
    }
    Confirmation bound = token.confirmation();
    if (bound != null) {
      claims.claim("cnf", bound.members());
    }
    return claims.build();
  }
}
