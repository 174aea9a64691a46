package dev.gatehouse.internal.session;

import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TokenDigest;
import dev.gatehouse.internal.token.VerificationResult;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The caller to whom a session belongs: issuer, user and client of its token. A new token of the
 * same user and client has the same owner. Tokens that do not identify their user share no owner:
 * each owns its own sessions.
 */
public final class SessionOwner {

  private final BearerToken token;
  private final VerificationResult.Active result;

  /** Computed when a request has or begins a session. */
  private @Nullable String hash;

  public SessionOwner(BearerToken token, VerificationResult.Active result) {
    this.token = token;
    this.result = result;
  }

  /** Identifies the owner; not personal data. */
  synchronized String hash() {
    if (hash == null) {
      hash = hashed(issuer() + user() + part(result.claims().clientId()));
    }
    return hash;
  }

  private String issuer() {
    String issuer = result.server().issuer();
    return part(issuer == null ? result.claims().issuer() : issuer);
  }

  private String user() {
    TokenClaims claims = result.claims();
    if (claims.isOfClientItself()) {
      return part(null);
    }
    return claims.subject() == null
        ? "token:" + HexFormat.of().formatHex(TokenDigest.of(token.value()))
        : part(claims.subject());
  }

  /** Prefixed with its length, so that no two different lists of parts are equal as text. */
  private static String part(@Nullable String claim) {
    return claim == null ? "-" : claim.length() + ":" + claim;
  }

  /** The hash of any text, for use as a key. */
  static String hashed(String text) {
    // UTF-8 first: the digest itself supports only Latin-1.
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(TokenDigest.of(new String(bytes, StandardCharsets.ISO_8859_1)));
  }

  @Override
  public String toString() {
    return "SessionOwner[" + hash() + "]";
  }
}
