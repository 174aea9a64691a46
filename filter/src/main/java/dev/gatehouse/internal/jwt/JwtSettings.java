package dev.gatehouse.internal.jwt;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the JWTs of one authorization server are verified.
 *
 * @param jwksUri the address of its keys; null to discover it
 * @param algorithms the accepted algorithms
 * @param types the accepted values of {@code typ}, in lower case and without {@code application/};
 *     {@link #ABSENT} if it may be absent
 * @param scopeClaims claims whose values are scopes, too: names, or paths with dots
 */
public record JwtSettings(
    @Nullable URI jwksUri,
    Set<SignatureAlgorithm> algorithms,
    Set<String> types,
    List<String> scopeClaims) {

  /** Stands for the absence of {@code typ}. */
  public static final String ABSENT = "absent";

  public JwtSettings {
    algorithms = Set.copyOf(algorithms);
    types = Set.copyOf(types);
    scopeClaims = List.copyOf(scopeClaims);
  }

  /** Whether this {@code typ} is accepted; null if it is absent. */
  boolean acceptsType(@Nullable String type) {
    return type == null ? types.contains(ABSENT) : !type.equals(ABSENT) && types.contains(type);
  }
}
