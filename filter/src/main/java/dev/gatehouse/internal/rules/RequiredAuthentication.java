package dev.gatehouse.internal.rules;

import dev.gatehouse.internal.token.TokenClaims;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How, and how recently, the user must have logged in (RFC 9470). A token that does not say so, or
 * says it in a malformed way, is not enough.
 *
 * @param acrValues the accepted authentication context classes, the preferred one first; empty if
 *     any will do
 * @param maxAge the longest time since the login; null if any will do
 */
public record RequiredAuthentication(List<String> acrValues, @Nullable Duration maxAge) {

  /** Any login is enough, or none. */
  public static final RequiredAuthentication NONE = new RequiredAuthentication(List.of(), null);

  public RequiredAuthentication {
    acrValues = List.copyOf(acrValues);
  }

  /**
   * Whether the claims {@code acr} and {@code auth_time} (RFC 9470 §6) say that the login was
   * strong and recent enough.
   *
   * @param now the current time, in milliseconds since 1970
   * @param clockSkewMillis by how much the authorization server's clock may differ
   */
  public boolean isSatisfiedBy(TokenClaims claims, long now, long clockSkewMillis) {
    return (acrValues.isEmpty() || isStrongEnough(claims.claims().get("acr")))
        && (maxAge == null
            || isRecent(claims.claims().get("auth_time"), maxAge, now, clockSkewMillis));
  }

  private boolean isStrongEnough(@Nullable Object acr) {
    return acr instanceof String text && acrValues.contains(text);
  }

  private static boolean isRecent(
      @Nullable Object authTime, Duration maxAge, long now, long clockSkewMillis) {
    if (!(authTime instanceof Number seconds)) {
      return false;
    }
    double age = now - seconds.doubleValue() * 1000; // negative if the login is in the future
    return age <= maxAge.toMillis() + clockSkewMillis && age >= -clockSkewMillis;
  }
}
