package dev.gatehouse.internal.rules;

import dev.gatehouse.internal.token.Refusal;
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
public final class ScopePolicy {

  /** Lists, since these are walked along for every request, and lists need no iterator for it. */
  private final List<List<String>> alternatives;

  private final Map<String, Set<String>> implied;

  /**
   * Creates a policy.
   *
   * @param alternatives sets of scopes, any of which is enough; empty if no scope is required
   * @param implied for a scope, the scopes that it implies directly
   */
  public ScopePolicy(List<Set<String>> alternatives, Map<String, Set<String>> implied) {
    this.alternatives = alternatives.stream().map(List::copyOf).toList();
    this.implied = Map.copyOf(implied);
  }

  /** The granted scopes with all that these imply, directly or through others. */
  public Set<String> effective(Set<String> granted) {
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
  public Optional<Refusal> missing(Set<String> effectiveScopes) {
    if (alternatives.isEmpty()) {
      return Optional.empty();
    }
    for (int i = 0; i < alternatives.size(); i++) {
      if (isEnough(effectiveScopes, alternatives.get(i))) {
        return Optional.empty();
      }
    }
    // All that one way needs, at once, and the way that is nearest to what the token has.
    List<String> nearest =
        alternatives.stream()
            .min(Comparator.comparingLong(needed -> countMissing(needed, effectiveScopes)))
            .orElseThrow();
    return Optional.of(
        Refusal.missingScopes(
            new LinkedHashSet<>(nearest), "it has " + effectiveScopes + ", needed is " + nearest));
  }

  private static boolean isEnough(Set<String> effectiveScopes, List<String> needed) {
    for (int i = 0; i < needed.size(); i++) {
      if (!effectiveScopes.contains(needed.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static long countMissing(List<String> needed, Set<String> effectiveScopes) {
    return needed.stream().filter(scope -> !effectiveScopes.contains(scope)).count();
  }
}
