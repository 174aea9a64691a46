package dev.gatehouse.internal.rules;

import dev.gatehouse.internal.syntax.ServerUri;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The {@code aud} values that identify this server (RFC 8707 §2). They are compared in the form of
 * {@link ServerUri#canonical}, never by prefix.
 *
 * @param spellings the values as configured, which most servers send, and in canonical form
 */
public record AcceptedAudience(Set<String> spellings) {

  public static AcceptedAudience of(Set<String> audience) {
    return new AcceptedAudience(
        audience.stream()
            .flatMap(each -> Stream.of(each, ServerUri.canonical(each)))
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** Whether any of these values is accepted; false for an empty list. */
  public boolean acceptsAny(List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      if (spellings.contains(values.get(i))) {
        return true; // on almost every request, without computing the canonical form
      }
    }
    return values.stream().map(ServerUri::canonical).anyMatch(spellings::contains);
  }
}
