package dev.gatehouse.internal.claims;

import com.github.benmanes.caffeine.cache.Interner;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values that are equal in many tokens; the cache contains each of them once. Thread-safe. */
final class Shared {

  /** The claims with such values. */
  private static final Set<String> NAMES =
      Set.of(
          "iss",
          "aud",
          "client_id",
          "azp",
          "cid",
          "appid",
          "scope",
          "scp",
          "token_type",
          "typ",
          "token_use");

  private static final Interner<Object> VALUES = Interner.newWeakInterner();

  private Shared() {}

  /** Returns the same object for equal values. */
  @SuppressWarnings("unchecked") // equal values of these few immutable kinds are interchangeable
  static <T> T value(T value) {
    return (T) VALUES.intern(value);
  }

  /** The value of a claim, shared if it is likely to be equal in many tokens. */
  static @Nullable Object claim(String name, @Nullable Object value) {
    return value != null && NAMES.contains(name) ? value(value) : value;
  }
}
