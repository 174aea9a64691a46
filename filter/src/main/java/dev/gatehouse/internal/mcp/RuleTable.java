package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.mcp.McpRules.Applicable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one kind. A pattern is found by binary search instead of comparing all, because
 * every call looks up its tool. This class is immutable and thread-safe.
 */
final class RuleTable {

  /**
   * A pattern.
   *
   * @param shorter the longest other pattern for all names of this one; null if there is none
   */
  private record Pattern(String start, Applicable applicable, @Nullable Pattern shorter) {}

  private final Map<String, Applicable> exact = new HashMap<>();

  /** Sorted by their starts. */
  private final Pattern[] patterns;

  RuleTable(List<Rule> rules) {
    TreeMap<String, Rule> sorted = new TreeMap<>();
    for (Rule rule : rules) {
      if (rule.pattern()) {
        sorted.put(rule.name(), rule);
      } else {
        exact.put(rule.name(), Applicable.of(rule));
      }
    }
    patterns = new Pattern[sorted.size()];
    int size = 0;
    for (Rule rule : sorted.values()) {
      Pattern shorter = longest(size == 0 ? null : patterns[size - 1], rule.name());
      patterns[size++] = new Pattern(rule.name(), Applicable.of(rule), shorter);
    }
  }

  /** The most specific rule for this name. */
  Applicable find(String name) {
    Applicable found = exact.get(name);
    return found != null ? found : findPattern(name);
  }

  /** The longest pattern for this name. */
  Applicable findPattern(String name) {
    Pattern found = longest(lastUpTo(name), name);
    return found == null ? Applicable.NONE : found.applicable;
  }

  /**
   * The last pattern whose start is not greater than the name. The longest pattern for the name is
   * this one or shorter, because all starts between it and the name begin with it.
   */
  private @Nullable Pattern lastUpTo(String name) {
    int low = 0;
    int high = patterns.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (patterns[middle].start.compareTo(name) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? null : patterns[low - 1];
  }

  private static @Nullable Pattern longest(@Nullable Pattern first, String name) {
    Pattern pattern = first;
    while (pattern != null && !name.startsWith(pattern.start)) {
      pattern = pattern.shorter;
    }
    return pattern;
  }

  /** The rules for names with this start only. */
  Stream<Rule> within(String start) {
    return Stream.concat(
            exact.values().stream(),
            Stream.of(patterns)
                .filter(pattern -> pattern.start.length() > start.length())
                .map(Pattern::applicable))
        .flatMap(applicable -> applicable.rules().stream())
        .filter(rule -> rule.name().startsWith(start));
  }
}
