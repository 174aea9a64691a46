package dev.gatehouse;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The {@code aud} values that mean this server (RFC 8707 §2), compared exactly but for the freedoms
 * of {@link ServerUri#canonical}, and never by prefix.
 *
 * @param canonical in the form in which they are compared
 */
record AcceptedAudience(Set<String> canonical) {

  static AcceptedAudience of(Settings settings) {
    return new AcceptedAudience(
        settings.audience.stream()
            .map(ServerUri::canonical)
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** Whether one of these is ours; nobody's is not. */
  boolean isAmong(Collection<String> named) {
    return named.stream().map(ServerUri::canonical).anyMatch(canonical::contains);
  }
}
