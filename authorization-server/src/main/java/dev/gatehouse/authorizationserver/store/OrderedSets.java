package dev.gatehouse.authorizationserver.store;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Immutable sets that keep their order. {@code Set.copyOf} would shuffle them at each start, so
 * that responses and pages would change.
 */
public final class OrderedSets {
  private OrderedSets() {}

  /**
   * Copies values in their order.
   *
   * @param values none of them {@code null}
   * @param <T> the type of the values
   * @return immutable
   */
  public static <T> Set<T> copyOf(Collection<T> values) {
    LinkedHashSet<T> copy = new LinkedHashSet<>();
    for (T value : values) {
      if (value == null) {
        throw new NullPointerException("a set of values can't hold null");
      }
      copy.add(value);
    }
    return Collections.unmodifiableSet(copy);
  }
}
