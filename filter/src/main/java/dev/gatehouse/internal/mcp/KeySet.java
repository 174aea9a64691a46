package dev.gatehouse.internal.mcp;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of one JSON object so far. Most objects have few, which are found without hashing. */
final class KeySet {

  private static final int FEW = 8;

  private final String[] few = new String[FEW];
  private int count;
  private @Nullable Set<String> many;

  void clear() {
    count = 0;
    many = null;
  }

  /** Adds a key; false if it was there already. */
  boolean add(String key) {
    if (many != null) {
      return many.add(key);
    }
    for (int i = 0; i < count; i++) {
      if (few[i].equals(key)) {
        return false;
      }
    }
    if (count < FEW) {
      few[count++] = key;
      return true;
    }
    many = new HashSet<>(Arrays.asList(few));
    return many.add(key);
  }
}
