package dev.gatehouse.internal.rules;

import dev.gatehouse.internal.syntax.ServerUri;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The {@code aud} values that identify this server (RFC 8707 §2). They are compared in the form of
 * {@link ServerUri#canonical}, never by prefix.
 *
 * @param configured the values as configured, which most servers send
 * @param canonical the same values in canonical form
 */
public record AcceptedAudience(Set<String> configured, Set<String> canonical) {

  public static AcceptedAudience of(Set<String> audience) {
    return new AcceptedAudience(
        Set.copyOf(audience),
        audience.stream().map(ServerUri::canonical).collect(Collectors.toUnmodifiableSet()));
  }

  /** Whether any of these values is accepted; false for an empty list. */
  public boolean acceptsAny(List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      if (configured.contains(values.get(i))) {
        return true; // on almost every request, without computing the canonical form
      }
    }
    return values.stream().map(ServerUri::canonical).anyMatch(canonical::contains);
  }
}
