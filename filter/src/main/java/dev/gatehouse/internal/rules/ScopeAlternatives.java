package dev.gatehouse.internal.rules;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sets of scopes, any of which is enough: {@code a b | c}.
 *
 * @param sets lists, because every request iterates over them, and lists need no iterator object;
 *     empty if no scope is required
 */
public record ScopeAlternatives(List<List<String>> sets) {

  /** Requires no scope. */
  public static final ScopeAlternatives NONE = new ScopeAlternatives(List.of());

  public ScopeAlternatives {
    sets = sets.stream().map(List::copyOf).toList();
  }

  public static ScopeAlternatives of(List<Set<String>> sets) {
    return new ScopeAlternatives(sets.stream().map(List::copyOf).toList());
  }

  /** Whether these scopes contain all of one set. */
  public boolean isSatisfiedBy(Set<String> effectiveScopes) {
    for (int i = 0; i < sets.size(); i++) {
      if (hasAll(effectiveScopes, sets.get(i))) {
        return true;
      }
    }
    return sets.isEmpty();
  }

  /** The first set that these scopes contain; empty if there is none, or none is required. */
  public List<String> satisfiedBy(Set<String> effectiveScopes) {
    return sets.stream().filter(set -> hasAll(effectiveScopes, set)).findFirst().orElse(List.of());
  }

  private static boolean hasAll(Set<String> effectiveScopes, List<String> needed) {
    for (int i = 0; i < needed.size(); i++) {
      if (!effectiveScopes.contains(needed.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The set of which the fewest scopes are missing; empty if no scope is required. */
  public List<String> nearest(Collection<String> scopes) {
    return sets.stream()
        .min(Comparator.comparingLong(needed -> countMissing(needed, scopes)))
        .orElse(List.of());
  }

  private static long countMissing(List<String> needed, Collection<String> scopes) {
    return needed.stream().filter(scope -> !scopes.contains(scope)).count();
  }

  /** The text form: {@code a b | c}. */
  @Override
  public String toString() {
    return sets.stream().map(set -> String.join(" ", set)).collect(Collectors.joining(" | "));
  }
}
