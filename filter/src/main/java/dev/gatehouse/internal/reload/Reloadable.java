package dev.gatehouse.internal.reload;

import org.jspecify.annotations.Nullable;

/**
 * A value that may be replaced while the filter runs, such as a secret that is rotated.
 * Implementations are safe for use by many threads.
 */
public interface Reloadable<T> {

  /** The current value. A value that replaces it is another object. */
  T get();

  /** Checks for a new value immediately, which {@link #get} does only every few seconds. */
  void reload();

  /** Checks for a new value immediately; whether the value now differs from the used one. */
  default boolean hasChangedSince(@Nullable Object used) {
    reload();
    return get() != used;
  }

  /** A value that never changes. */
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
