package dev.gatehouse;

import dev.gatehouse.Decision.Refuse;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a call needs. {@code a b} means both, {@code a b | c} either set; scope hierarchies count,
 * so a broader scope that implies a narrower one is enough.
 */
final class ScopePolicy {

  private final List<Set<String>> alternatives;
  private final Map<String, Set<String>> implied;

  ScopePolicy(Settings settings) {
    this.alternatives = settings.requiredScopes;
    this.implied = settings.impliedScopes;
  }

  /** The granted scopes with all that these imply, directly or through others. */
  Set<String> effective(Set<String> granted) {
    if (implied.isEmpty()) {
      return granted;
    }
    Set<String> effective = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(granted);
    while (!open.isEmpty()) {
      String scope = open.remove();
      if (effective.add(scope)) {
        open.addAll(implied.getOrDefault(scope, Set.of()));
      }
    }
    return Set.copyOf(effective);
  }

  /**
   * The refusal, if scopes are missing.
   *
   * @return empty when the token allows the call
   */
  Optional<Refuse> missing(Set<String> effectiveScopes) {
    if (alternatives.isEmpty()) {
      return Optional.empty();
    }
    for (Set<String> alternative : alternatives) {
      if (effectiveScopes.containsAll(alternative)) {
        return Optional.empty();
      }
    }
    // All that one way needs, at once, and the way that is nearest to what the token has.
    Set<String> nearest =
        alternatives.stream()
            .min(Comparator.comparingLong(needed -> countMissing(needed, effectiveScopes)))
            .orElseThrow();
    return Optional.of(
        Refuse.missingScopes(nearest, "it has " + effectiveScopes + ", needed is " + nearest));
  }

  private static long countMissing(Set<String> needed, Set<String> effectiveScopes) {
    return needed.stream().filter(scope -> !effectiveScopes.contains(scope)).count();
  }
}
