package dev.gatehouse.internal.reload;

import org.jspecify.annotations.Nullable;

/**
 * A value in use that may be replaced while the filter runs, such as a secret that is rotated.
 * Implementations are safe for use by many threads.
 */
public interface Reloadable<T> {

  /** The value to use now; its identity tells it from the one that replaces it. */
  T get();

  /** Looks at once whether there is another, which {@link #get} does only now and then. */
  void reload();

  /** Looks at once; whether another value than the one that was used is there now. */
  default boolean hasChangedSince(@Nullable Object used) {
    reload();
    return get() != used;
  }

  /** A value that stays. */
  static <T> Reloadable<T> fixed(T value) {
    return new Reloadable<>() {
      @Override
      public T get() {
        return value;
      }

      @Override
      public void reload() {}
    };
  }
}
