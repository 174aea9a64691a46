package dev.gatehouse.internal.token;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An active answer of the authorization server (RFC 7662 §2.2), read but not yet judged.
 *
 * @param subject {@code sub}
 * @param terms what it has in common with answers about other tokens; they share one object
 * @param endsAt {@code exp}, in seconds since 1970; {@link #NEVER} when absent
 * @param startsAt {@code nbf}, in seconds since 1970; 0 when absent
 * @param claims the whole answer but for members that repeat the token, read-only
 */
public record TokenClaims(
    @Nullable String subject, Terms terms, long endsAt, long startsAt, Map<String, Object> claims) {

  /** Later than any time that is accepted; in milliseconds, too, it is a long. */
  public static final long NEVER = Long.MAX_VALUE / 1000;

  /**
   * For whom, by whom and for what a token was issued, which a client's tokens tend to agree in.
   *
   * @param clientId {@code client_id}
   * @param issuer {@code iss}
   * @param audience {@code aud}, one or many; empty when absent
   * @param scopes the {@code "scope"} member, a string or an array; empty when absent
   * @param tokenType {@code token_type}
   * @param bound whether there is a {@code cnf} member of any kind (RFC 7800)
   */
  public record Terms(
      @Nullable String clientId,
      @Nullable String issuer,
      List<String> audience,
      Set<String> scopes,
      @Nullable String tokenType,
      boolean bound) {}

  /** {@code exp}; null when absent. */
  public @Nullable Instant expiresAt() {
    return endsAt == NEVER ? null : Instant.ofEpochSecond(endsAt);
  }

  public @Nullable String clientId() {
    return terms.clientId;
  }

  public @Nullable String issuer() {
    return terms.issuer;
  }

  public List<String> audience() {
    return terms.audience;
  }

  public Set<String> scopes() {
    return terms.scopes;
  }

  /** Leaves out what may be personal data. */
  @Override
  public String toString() {
    return "TokenClaims[clientId=" + clientId() + ", audience=" + audience() + "]";
  }
}
