package dev.gatehouse.internal.rules;

import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.Refusal;
import java.util.ArrayDeque;
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

  private final ScopeAlternatives required;
  private final Map<String, Set<String>> implied;

  /**
   * Creates a policy.
   *
   * @param alternatives sets of scopes, any of which is enough; empty if no scope is required
   * @param implied for a scope, the scopes that it implies directly
   */
  public ScopePolicy(List<Set<String>> alternatives, Map<String, Set<String>> implied) {
    this.required = ScopeAlternatives.of(alternatives);
    this.implied = Map.copyOf(implied);
  }

  /** The scopes that every request needs. */
  public ScopeAlternatives required() {
    return required;
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
    if (required.isSatisfiedBy(effectiveScopes)) {
      return Optional.empty();
    }
    // Name all scopes of one alternative: the one of which the fewest are missing.
    List<String> nearest = required.nearest(effectiveScopes);
    return Optional.of(
        Refusal.missingScopes(
            new LinkedHashSet<>(nearest),
            "the token has the scopes "
                + LogText.list(effectiveScopes)
                + ", required are "
                + nearest));
  }
}
