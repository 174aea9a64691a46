package dev.gatehouse.internal.rules;

import dev.gatehouse.internal.token.LogText;
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
 * Checks the claims of an active token: time, issuer, client, kind of token, audience. Every
 * request checks all of them again, because the result may be cached. This class is immutable and
 * thread-safe.
 */
public final class TokenRules {

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
   * Checks all rules.
   *
   * @param effectiveScopes the token's scopes, including implied ones
   * @param now the current time, in milliseconds since 1970
   * @return the refusal for the first broken rule; empty if the token satisfies all
   */
  public Optional<Refusal> check(
      VerificationResult.Active result, Set<String> effectiveScopes, long now) {
    TokenClaims claims = result.claims();
    if (now >= claims.endsAt() * 1000) {
      return refuse(
          Reason.EXPIRED, "the token expired at " + claims.expiresAt() + currentTime(now));
    }
    if (now + clockSkewMillis < claims.startsAt() * 1000) {
      return refuse(
          Reason.NOT_YET_VALID,
          "the token is not valid before "
              + Instant.ofEpochSecond(claims.startsAt())
              + currentTime(now));
    }
    // An authorization server must not vouch for another's tokens.
    String issuer = result.server().issuer();
    if (issuer != null && claims.issuer() != null && !issuer.equals(claims.issuer())) {
      return refuse(
          Reason.ISSUER,
          "the token's issuer is " + LogText.line(claims.issuer()) + ", expected " + issuer);
    }
    if (!result.server().limits().allowsClient(claims.clientId())) {
      return refuse(
          Reason.CLIENT,
          "the token's client is "
              + LogText.line(String.valueOf(claims.clientId()))
              + ", which is not among the allowed-clients of "
              + result.server().name());
    }
    Optional<Refusal> wrongKind = TokenKind.check(claims);
    return wrongKind.isPresent() ? wrongKind : checkAudience(result, effectiveScopes);
  }

  private static String currentTime(long now) {
    return "; the current time is " + Instant.ofEpochMilli(now);
  }

  private Optional<Refusal> checkAudience(
      VerificationResult.Active result, Set<String> effectiveScopes) {
    TokenClaims claims = result.claims();
    List<String> values = claims.audience();
    // An empty array differs from an absent aud: it names no audience, so none matches.
    if (values.isEmpty() && !claims.claims().containsKey("aud")) {
      return result.server().audienceAlternative().accepts(claims.clientId(), effectiveScopes)
          ? Optional.empty()
          : refuse(Reason.AUDIENCE, "the token names no audience; see audience-alternative");
    }
    return audience.acceptsAny(values)
        ? Optional.empty()
        : refuse(Reason.AUDIENCE, "the token's audience is " + LogText.list(values));
  }

  private static Optional<Refusal> refuse(Reason reason, String detail) {
    return Optional.of(Refusal.because(reason, detail));
  }
}
