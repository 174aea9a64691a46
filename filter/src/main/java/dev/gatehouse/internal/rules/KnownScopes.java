package dev.gatehouse.internal.rules;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The scopes that the settings name. A challenge repeats those that the token has already, so that
 * a client that requests exactly the named scopes loses none. Others stay the token's secret.
 */
public final class KnownScopes {

  private final Set<String> names;

  private KnownScopes(Set<String> names) {
    this.names = names;
  }

  /**
   * Collects the scopes of settings.
   *
   * @param implied for a scope, the scopes that it implies
   * @param named the scopes of other settings
   */
  public static KnownScopes of(
      Map<String, Set<String>> implied, Collection<? extends Collection<String>> named) {
    Stream<String> ofImplications =
        Stream.concat(
            implied.keySet().stream(), implied.values().stream().flatMap(Collection::stream));
    return new KnownScopes(
        Stream.concat(ofImplications, named.stream().flatMap(Collection::stream))
            .filter(scope -> !scope.equals("offline_access")) // MCP: not in a challenge
            .collect(Collectors.toUnmodifiableSet()));
  }

  public boolean contains(String scope) {
    return names.contains(scope);
  }
}
