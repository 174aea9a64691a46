package dev.gatehouse.internal.syntax;

import com.github.benmanes.caffeine.cache.Interner;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Saves memory in the result cache, which holds very many objects: objects with the same member
 * names share one list of them. This map is read-only and keeps the order. A lookup searches the
 * names one by one, which is fast for the few members of an introspection response.
 */
final class CompactJsonObject extends AbstractMap<String, @Nullable Object> {

  private static final Interner<List<String>> NAMES = Interner.newWeakInterner();

  private final List<String> names;
  private final @Nullable Object[] values;

  /**
   * Creates an object.
   *
   * @param names distinct
   * @param values as many as names, in the same order; the array is not copied
   */
  CompactJsonObject(List<String> names, @Nullable Object[] values) {
    this.names = NAMES.intern(List.copyOf(names));
    this.values = values;
  }

  @Override
  public int size() {
    return values.length;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return name != null && names.contains(name);
  }

  @Override
  public @Nullable Object get(@Nullable Object name) {
    int at = name == null ? -1 : names.indexOf(name);
    return at < 0 ? null : values[at];
  }

  @Override
  public Set<Map.Entry<String, @Nullable Object>> entrySet() {
    return new Entries();
  }

  /** A new set each time: the superclass would keep it, in each object whose names are read. */
  @Override
  public Set<String> keySet() {
    return Collections.unmodifiableSet(new LinkedHashSet<>(names));
  }

  /** Not kept either. */
  @Override
  public Collection<@Nullable Object> values() {
    return Collections.<@Nullable Object>unmodifiableList(Arrays.<@Nullable Object>asList(values));
  }

  private final class Entries extends AbstractSet<Map.Entry<String, @Nullable Object>> {

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public Iterator<Map.Entry<String, @Nullable Object>> iterator() {
      return new Iterator<>() {
        private int next;

        @Override
        public boolean hasNext() {
          return next < values.length;
        }

        @Override
        public Map.Entry<String, @Nullable Object> next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          int at = next++;
          return new SimpleImmutableEntry<>(names.get(at), values[at]);
        }
      };
    }
  }
}
