package dev.gatehouse.internal.rules;

import dev.gatehouse.internal.syntax.ServerUri;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The {@code aud} values that mean this server (RFC 8707 §2), compared exactly but for the freedoms
 * of {@link ServerUri#canonical}, and never by prefix.
 *
 * @param spellings as the settings have them, which is how servers spell them most often, and in
 *     the form in which they are compared
 */
public record AcceptedAudience(Set<String> spellings) {

  public static AcceptedAudience of(Set<String> audience) {
    return new AcceptedAudience(
        audience.stream()
            .flatMap(each -> Stream.of(each, ServerUri.canonical(each)))
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** Whether one of these is ours; nobody's is not. */
  public boolean isAmong(List<String> named) {
    for (int i = 0; i < named.size(); i++) {
      if (spellings.contains(named.get(i))) {
        return true; // without the work of the other form, on nearly every request
      }
    }
    return named.stream().map(ServerUri::canonical).anyMatch(spellings::contains);
  }
}
