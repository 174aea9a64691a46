package dev.gatehouse.internal.token;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What stands in for the audience when an authorization server's answers have none. */
public sealed interface AudienceAlternative {

  /** How the setting spells the lax choice. */
  String NONE_UNSAFE = "none-unsafe";

  /** What begins the others. */
  String CLIENT_ID = "client-id:";

  /** What begins the others. */
  String SCOPE = "scope:";

  /** Whether a token without an audience is taken as meant for this server. */
  boolean accepts(@Nullable String clientId, Set<String> effectiveScopes);

  /** Nothing does: the default. */
  record Refused() implements AudienceAlternative {
    @Override
    public boolean accepts(@Nullable String clientId, Set<String> effectiveScopes) {
      return false;
    }
  }

  /** That the token was issued to one of these clients. */
  record OneOfClients(Set<String> clientIds) implements AudienceAlternative {
    @Override
    public boolean accepts(@Nullable String clientId, Set<String> effectiveScopes) {
      return clientId != null && clientIds.contains(clientId);
    }
  }

  /** That the token has a scope which only this server's tokens have. */
  record OneOfScopes(Set<String> scopes) implements AudienceAlternative {
    @Override
    public boolean accepts(@Nullable String clientId, Set<String> effectiveScopes) {
      return scopes.stream().anyMatch(effectiveScopes::contains);
    }
  }

  /** Every token that the authorization server calls active, whoever it was meant for. */
  record NoneUnsafe() implements AudienceAlternative {
    @Override
    public boolean accepts(@Nullable String clientId, Set<String> effectiveScopes) {
      return true;
    }
  }

  /**
   * Reads {@code client-id:a,b}, {@code scope:x} or {@code none-unsafe}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static AudienceAlternative parse(String text) {
    if (text.equals(NONE_UNSAFE)) {
      return new NoneUnsafe();
    }
    if (text.startsWith(CLIENT_ID)) {
      return new OneOfClients(names(text, CLIENT_ID));
    }
    if (text.startsWith(SCOPE)) {
      return new OneOfScopes(names(text, SCOPE));
    }
    throw malformed(text);
  }

  private static Set<String> names(String text, String prefix) {
    List<String> names =
        Arrays.stream(text.substring(prefix.length()).split(",", -1)).map(String::strip).toList();
    if (names.contains("")) {
      throw malformed(text);
    }
    return Set.copyOf(names);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is none of client-id:NAME,NAME  scope:NAME  " + NONE_UNSAFE);
  }
}
