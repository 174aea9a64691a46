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
 * @param expiresAt {@code exp}
 * @param notBefore {@code nbf}
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
    @Nullable Instant expiresAt,
    @Nullable Instant notBefore,
    Map<String, Object> claims) {

  /** Leaves out what may be personal data. */
  @Override
  public String toString() {
    return "IntrospectionAnswer[clientId=" + clientId + ", audience=" + audience + "]";
  }
}
