package dev.gatehouse.authorizationserver;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Sets that keep their order: what {@code Set.copyOf} shuffles would change from answer to answer.
 */
final class InOrder {
  private InOrder() {}

  static <T> Set<T> copyOf(Collection<T> values) {
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
