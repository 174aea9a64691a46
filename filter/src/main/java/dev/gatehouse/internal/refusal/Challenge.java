package dev.gatehouse.internal.refusal;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Builds the {@code WWW-Authenticate} header, once and from values (RFC 6750 §3, RFC 9728 §5.1):
 *
 * <pre>
 * Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp",
 *   scope="notes:read", error="invalid_token", error_description="The access token is not valid here"
 * </pre>
 *
 * <p>(on one line). The order and the form are those that every known client's parser survives: one
 * space after the scheme, every value quoted, {@code ", "} between, free text last.
 */
final class Challenge {

  private final String start;

  Challenge(String resourceMetadata) {
    this.start = "Bearer resource_metadata=" + quote(resourceMetadata);
  }

  /**
   * The header's value.
   *
   * @param scopes left out when empty
   */
  String of(ErrorResponse answer, Collection<String> scopes) {
    StringBuilder header = new StringBuilder(start);
    append(header, "scope", scopes.isEmpty() ? null : String.join(" ", scopes));
    if (answer != ErrorResponse.UNAUTHENTICATED) {
      append(header, "error", answer.error());
      append(header, "error_description", answer.description());
    }
    return header.toString();
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
        throw new IllegalArgumentException("not fit for a challenge: character " + (int) c);
      }
    }
    return '"' + value + '"';
  }
}
