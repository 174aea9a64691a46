package dev.gatehouse.internal.rules;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Judges an active answer: whether the token is good now, and good here. The answer may be as old
 * as a cache allows, so all of it is judged anew for every request.
 */
public final class TokenRules {

  private static final String BEARER = "Bearer";
  private static final String DPOP = "DPoP";

  private final AcceptedAudience audience;
  private final long clockSkewMillis;

  /**
   * Creates the rules.
   *
   * @param clockSkew how much earlier than {@code nbf} a token is accepted
   */
  public TokenRules(AcceptedAudience audience, Duration clockSkew) {
    this.audience = audience;
    this.clockSkewMillis = clockSkew.toMillis();
  }

  /**
   * The first rule that is broken.
   *
   * @param effectiveScopes what the token allows, implied scopes included
   * @param now in milliseconds since 1970
   * @return empty when the token is good
   */
  public Optional<Refusal> broken(
      VerificationResult.Active verdict, Set<String> effectiveScopes, long now) {
    TokenClaims claims = verdict.claims();
    if (now >= claims.endsAt() * 1000) {
      return refuse(Reason.EXPIRED, "it expired at " + claims.expiresAt());
    }
    if (now + clockSkewMillis < claims.startsAt() * 1000) {
      return refuse(
          Reason.NOT_YET_VALID,
          "it is not valid before " + Instant.ofEpochSecond(claims.startsAt()));
    }
    // No server vouches for another's tokens.
    String issuer = verdict.server().issuer();
    if (issuer != null && claims.issuer() != null && !issuer.equals(claims.issuer())) {
      return refuse(Reason.ISSUER, "its issuer is " + claims.issuer());
    }
    Optional<Refusal> kind = brokenKind(claims);
    return kind.isPresent() ? kind : brokenAudience(verdict, effectiveScopes);
  }

  private static Optional<Refusal> brokenKind(TokenClaims claims) {
    String type = claims.terms().tokenType();
    if (claims.terms().bound() || DPOP.equalsIgnoreCase(type)) {
      return refuse(Reason.BOUND_TOKEN, "it is bound to a key and came as plain Bearer");
    }
    // RFC 6749 §5.1: the type is case-insensitive. Refresh and ID tokens come back active, too.
    if (type != null && !BEARER.equalsIgnoreCase(type)) {
      return refuse(Reason.TOKEN_TYPE, "its token_type is " + type);
    }
    if (type == null && claims.audience().isEmpty()) {
      return refuse(Reason.TOKEN_TYPE, "without token_type and aud it may be a refresh token");
    }
    return Optional.empty();
  }

  private Optional<Refusal> brokenAudience(
      VerificationResult.Active verdict, Set<String> effectiveScopes) {
    TokenClaims claims = verdict.claims();
    List<String> named = claims.audience();
    // An empty array is an audience of nobody, and not the lack of one.
    if (named.isEmpty() && !claims.claims().containsKey("aud")) {
      return verdict.server().audienceAlternative().accepts(claims.clientId(), effectiveScopes)
          ? Optional.empty()
          : refuse(Reason.AUDIENCE, "it names no audience; see audience-alternative");
    }
    return audience.isAmong(named)
        ? Optional.empty()
        : refuse(Reason.AUDIENCE, "it is meant for " + named);
  }

  private static Optional<Refusal> refuse(Reason reason, String detail) {
    return Optional.of(Refusal.because(reason, detail));
  }
}
