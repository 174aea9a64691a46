package dev.gatehouse.authorizationserver.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a token is bound to: only who holds them can use it (the {@code cnf} of RFC 7800).
 * Immutable.
 *
 * @param keyThumbprint the SHA-256 thumbprint of the client's DPoP key, the {@code jkt} (RFC 9449
 *     §6.1); {@code null} when the token is bound to a certificate alone
 * @param certificateThumbprint the SHA-256 of the client's certificate, the {@code x5t#S256} (RFC
 *     8705 §3.1); {@code null} when the token is bound to a DPoP key alone
 */
public record Confirmation(@Nullable String keyThumbprint, @Nullable String certificateThumbprint) {
  private static final Pattern THUMBPRINT = Pattern.compile("[A-Za-z0-9_-]{43}");

  /**
   * Restores a stored value.
   *
   * @param keyThumbprint the thumbprint of the client's DPoP key, if any
   * @param certificateThumbprint the thumbprint of the client's certificate, if any
   * @throws IllegalArgumentException when there is neither, or one is not a SHA-256 in base64url: a
   *     token whose binding is lost would be one that anybody can use
   */
  public Confirmation {
    if ((keyThumbprint == null && certificateThumbprint == null)
        || isIllegal(keyThumbprint)
        || isIllegal(certificateThumbprint)) {
      throw new IllegalArgumentException(
          "a confirmation has one or two thumbprints, each 43 characters of base64url");
    }
  }

  /**
   * Combines what is there.
   *
   * @param keyThumbprint the thumbprint of the client's DPoP key, if any
   * @param certificateThumbprint the thumbprint of the client's certificate, if any
   * @return {@code null} when there is neither
   */
  public static @Nullable Confirmation of(
      @Nullable String keyThumbprint, @Nullable String certificateThumbprint) {
    return keyThumbprint == null && certificateThumbprint == null
        ? null
        : new Confirmation(keyThumbprint, certificateThumbprint);
  }

  /**
   * Tells whether a text is a SHA-256 thumbprint.
   *
   * @param text any text
   * @return true for 43 characters of base64url
   */
  public static boolean isThumbprint(String text) {
    return THUMBPRINT.matcher(text).matches();
  }

  private static boolean isIllegal(@Nullable String thumbprint) {
    return thumbprint != null && !isThumbprint(thumbprint);
  }

  /**
   * Returns the members of {@code cnf}, in JWTs and introspection responses.
   *
   * @return {@code jkt}, {@code x5t#S256} or both
   */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    if (keyThumbprint != null) {
      members.put("jkt", keyThumbprint);
    }
    if (certificateThumbprint != null) {
      members.put("x5t#S256", certificateThumbprint);
    }
    return members;
  }
}
