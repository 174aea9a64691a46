package dev.gatehouse.internal.rules;

import dev.gatehouse.internal.token.LogText;
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
 * Checks that a token has the required scopes, including those that its scopes imply. {@code a b}
 * requires both, {@code a b | c} either set.
 */
public final class ScopePolicy {

  /** Lists, because every request iterates over them, and lists need no iterator object. */
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

  /** Returns the granted scopes and all scopes that they imply, directly or indirectly. */
  public Set<String> effective(Set<String> granted) {
    if (implied.isEmpty()) {
      return granted;
    }
    Set<String> effective = new LinkedHashSet<>();
    Deque<String> pending = new ArrayDeque<>(granted);
    while (!pending.isEmpty()) {
      String scope = pending.remove();
      if (effective.add(scope)) {
        pending.addAll(implied.getOrDefault(scope, Set.of()));
      }
    }
    return Set.copyOf(effective);
  }

  /**
   * Checks the scopes of a token.
   *
   * @return the refusal; empty if the token has the required scopes
   */
  public Optional<Refusal> check(Set<String> effectiveScopes) {
    if (alternatives.isEmpty()) {
      return Optional.empty();
    }
    for (int i = 0; i < alternatives.size(); i++) {
      if (hasAll(effectiveScopes, alternatives.get(i))) {
        return Optional.empty();
      }
    }
    // Name all scopes of one alternative: the one of which the fewest are missing.
    List<String> nearest =
        alternatives.stream()
            .min(Comparator.comparingLong(needed -> countMissing(needed, effectiveScopes)))
            .orElseThrow();
    return Optional.of(
        Refusal.missingScopes(
            new LinkedHashSet<>(nearest),
            "the token has the scopes "
                + LogText.list(effectiveScopes)
                + ", required are "
                + nearest));
  }

  /** The first set of required scopes that these contain; empty if none is, or none is required. */
  public List<String> satisfied(Set<String> effectiveScopes) {
    return alternatives.stream()
        .filter(needed -> hasAll(effectiveScopes, needed))
        .findFirst()
        .orElse(List.of());
  }

  private static boolean hasAll(Set<String> effectiveScopes, List<String> needed) {
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
