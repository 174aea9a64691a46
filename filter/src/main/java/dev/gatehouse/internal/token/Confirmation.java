package dev.gatehouse.internal.token;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the presenter of a bound token must prove: the members of {@code cnf} (RFC 7800 §3.1), at
 * least one. If there are two, both count.
 *
 * @param key {@code jkt}, the thumbprint of the client's DPoP key (RFC 9449 §6); null if absent
 * @param certificate {@code x5t#S256}, the thumbprint of the client's TLS certificate (RFC 8705
 *     §3.1); null if absent
 */
public record Confirmation(@Nullable String key, @Nullable String certificate) {

  /** The characters of a SHA-256 hash in Base64url. */
  private static final int THUMBPRINT = 43;

  /**
   * Reads the confirmation of a bound token.
   *
   * @return null if there is none, or it has a member of an unknown kind or form, which may be a
   *     demand that we can't check; RFC 7800 §3.1 would ignore that member
   */
  public static @Nullable Confirmation of(TokenClaims claims) {
    if (!(claims.claims().get("cnf") instanceof Map<?, ?> members) || members.isEmpty()) {
      return null;
    }
    String key = null;
    String certificate = null;
    for (Map.Entry<?, ?> member : members.entrySet()) {
      if (!(member.getValue() instanceof String text) || text.length() != THUMBPRINT) {
        return null;
      }
      if ("jkt".equals(member.getKey())) {
        key = text;
      } else if ("x5t#S256".equals(member.getKey())) {
        certificate = text;
      } else {
        return null;
      }
    }
    return new Confirmation(key, certificate);
  }

  /** For logs: the names of the proofs, {@code dpop}, {@code mtls} or both. */
  public String proofs() {
    return key == null ? "mtls" : certificate == null ? "dpop" : "dpop+mtls";
  }
}
