package dev.gatehouse;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An active answer of the authorization server (RFC 7662 §2.2), read but not yet judged.
 *
 * @param subject {@code sub}
 * @param clientId {@code client_id}
 * @param issuer {@code iss}
 * @param audience {@code aud}, one or many; empty when absent
 * @param scopes the {@code "scope"} member, a string or an array; empty when absent
 * @param tokenType {@code token_type}
 * @param bound whether there is a {@code cnf} member of any kind (RFC 7800)
 * @param claims the whole answer but for members that repeat the token, read-only
 */
record IntrospectionAnswer(
    @Nullable String subject,
    @Nullable String clientId,
    @Nullable String issuer,
    List<String> audience,
    Set<String> scopes,
    @Nullable String tokenType,
    boolean bound,
    Map<String, Object> claims) {

  /** {@code exp}; null when absent. */
  @Nullable Instant expiresAt() {
    return time("exp");
  }

  /** {@code nbf}; null when absent. */
  @Nullable Instant notBefore() {
    return time("nbf");
  }

  /** Not kept beside the claims, for the sake of the cache; whoever made this has checked them. */
  private @Nullable Instant time(String name) {
    return claims.get(name) instanceof Number seconds
        ? Instant.ofEpochSecond(seconds.longValue())
        : null;
  }

  /** Leaves out what may be personal data. */
  @Override
  public String toString() {
    return "IntrospectionAnswer[clientId=" + clientId + ", audience=" + audience + "]";
  }
}
