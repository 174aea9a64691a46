package dev.gatehouse.internal.refusal;

import dev.gatehouse.internal.token.Refusal.Needed;
import dev.gatehouse.internal.token.Scheme;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@code WWW-Authenticate} header, once and from values (RFC 6750 §3, RFC 9728 §5.1):
 *
 * <pre>
 * Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp",
 * scope="notes:read", error="invalid_token", error_description="The access token is not valid here"
 * </pre>
 *
 * <p>(on one line). All known clients parse this order and form: one space after the scheme, every
 * value quoted, {@code ", "} between parameters, free text last. A challenge for DPoP has {@code
 * algs} before the error (RFC 9449 §7.1). A challenge for another authentication has {@code
 * acr_values} and {@code max_age} after the error (RFC 9470 §3).
 */
final class Challenge {

  private final String start;
  private final @Nullable String algorithms;

  Challenge(String resourceMetadata) {
    this(Scheme.BEARER, resourceMetadata, List.of());
  }

  /**
   * Begins a challenge.
   *
   * @param algorithms {@code algs}; omitted if empty
   */
  Challenge(Scheme scheme, String resourceMetadata, List<String> algorithms) {
    this.start = scheme.text() + " resource_metadata=" + quote(resourceMetadata);
    this.algorithms = joined(algorithms);
  }

  /**
   * Returns the header's value.
   *
   * @param needed the values of parameters, which are omitted if there are none
   */
  String of(ErrorResponse response, Needed needed) {
    StringBuilder header = new StringBuilder(start);
    append(header, "scope", joined(needed.scopes()));
    append(header, "algs", algorithms);
    if (response != ErrorResponse.UNAUTHENTICATED) {
      append(header, "error", response.error());
      append(header, "acr_values", joined(needed.acrValues()));
      Duration maxAge = needed.maxAge();
      append(header, "max_age", maxAge == null ? null : Long.toString(maxAge.toSeconds()));
      append(header, "error_description", response.description());
    }
    return header.toString();
  }

  private static @Nullable String joined(Collection<String> values) {
    return values.isEmpty() ? null : String.join(" ", values);
  }

  private static void append(StringBuilder header, String name, @Nullable String value) {
    if (value != null) {
      header.append(", ").append(name).append('=').append(quote(value));
    }
  }

  /** RFC 9110 §5.6.4, narrowed by RFC 6750 §3: printable ASCII without {@code "} and backslash. */
  private static String quote(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
        throw new IllegalArgumentException("a challenge can't contain the character " + (int) c);
      }
    }
    return '"' + value + '"';
  }
}
