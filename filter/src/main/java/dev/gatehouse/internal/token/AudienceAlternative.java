package dev.gatehouse.internal.token;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is required of a token instead of {@code aud} if its server sends no audience. */
public sealed interface AudienceAlternative {

  /** The text of the setting for {@link NoneUnsafe}. */
  String NONE_UNSAFE = "none-unsafe";

  /** The prefix of the setting for {@link OneOfClients}. */
  String CLIENT_ID = "client-id:";

  /** The prefix of the setting for {@link OneOfScopes}. */
  String SCOPE = "scope:";

  /** Whether a token without an audience is accepted. */
  boolean accepts(@Nullable String clientId, Set<String> effectiveScopes);

  /** A token without an audience is refused: the default. */
  record Refused() implements AudienceAlternative {
    @Override
    public boolean accepts(@Nullable String clientId, Set<String> effectiveScopes) {
      return false;
    }
  }

  /** The token must have been issued to one of these clients. */
  record OneOfClients(Set<String> clientIds) implements AudienceAlternative {
    @Override
    public boolean accepts(@Nullable String clientId, Set<String> effectiveScopes) {
      return clientId != null && clientIds.contains(clientId);
    }
  }

  /** The token must have one of these scopes, which only tokens for this resource have. */
  record OneOfScopes(Set<String> scopes) implements AudienceAlternative {
    @Override
    public boolean accepts(@Nullable String clientId, Set<String> effectiveScopes) {
      return scopes.stream().anyMatch(effectiveScopes::contains);
    }
  }

  /** Accepts every active token, even one that was issued for another resource. */
  record NoneUnsafe() implements AudienceAlternative {
    @Override
    public boolean accepts(@Nullable String clientId, Set<String> effectiveScopes) {
      return true;
    }
  }

  /** A custom verifier vouches that its tokens are for this resource; no setting says so. */
  record Vouched() implements AudienceAlternative {
    @Override
    public boolean accepts(@Nullable String clientId, Set<String> effectiveScopes) {
      return true;
    }
  }

  /**
   * Parses {@code client-id:a,b}, {@code scope:x} or {@code none-unsafe}.
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
        "'" + text + "' is unknown; write client-id:NAME,NAME or scope:NAME or " + NONE_UNSAFE);
  }
}
