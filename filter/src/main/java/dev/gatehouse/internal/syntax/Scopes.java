package dev.gatehouse.internal.syntax;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Parses scopes (RFC 6749 §3.3): {@code scope-token *( SP scope-token )}. */
public final class Scopes {

  private Scopes() {}

  /** Whether the text is a scope token: {@code 1*( %x21 / %x23-5B / %x5D-7E )}. */
  public static boolean isScopeToken(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(c -> c >= 0x21 && c <= 0x7e && c != '"' && c != '\\');
  }

  /**
   * Splits scopes at white space and keeps their order.
   *
   * @throws IllegalArgumentException if one is not a scope token
   */
  public static Set<String> parse(String text) {
    Set<String> scopes = new LinkedHashSet<>();
    for (String scope : text.strip().split("\\s+", -1)) {
      if (scope.isEmpty()) {
        continue;
      }
      if (!isScopeToken(scope)) {
        throw new IllegalArgumentException(
            "'"
                + scope
                + "' is not a scope; RFC 6749 §3.3 allows printable ASCII without \" and \\");
      }
      scopes.add(scope);
    }
    return scopes;
  }

  /**
   * Splits scopes at white space, and requires at least one.
   *
   * @throws IllegalArgumentException if there is none, or one is not a scope token
   */
  public static Set<String> parseNonEmpty(String text) {
    Set<String> scopes = parse(text);
    if (scopes.isEmpty()) {
      throw new IllegalArgumentException("one side of a | has no scope; remove the |");
    }
    return scopes;
  }

  /**
   * Parses {@code broad > narrow, broader > broad other}: the scope on the left implies all scopes
   * on the right.
   *
   * @throws IllegalArgumentException if a part has another form
   */
  public static Map<String, Set<String>> parseImplications(String text) {
    Map<String, Set<String>> implied = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      String[] sides = part.split(">", -1);
      Set<String> left = parse(sides[0]);
      Set<String> right = sides.length == 2 ? parse(sides[1]) : Set.of();
      if (left.size() != 1 || right.isEmpty()) {
        throw new IllegalArgumentException(
            "'" + part.strip() + "' is not of the form notes:write > notes:read");
      }
      implied.computeIfAbsent(left.iterator().next(), scope -> new LinkedHashSet<>()).addAll(right);
    }
    return implied;
  }
}
