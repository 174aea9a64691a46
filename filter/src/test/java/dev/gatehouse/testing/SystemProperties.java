package dev.gatehouse.testing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes system properties until it is closed. */
public final class SystemProperties implements AutoCloseable {

  private final Map<String, Optional<String>> before = new LinkedHashMap<>();

  /** Clears these properties. */
  public SystemProperties(List<String> names) {
    names.forEach(name -> before.put(name, Optional.ofNullable(System.clearProperty(name))));
  }

  /** Sets one of the properties. */
  public void set(String name, String value) {
    if (!before.containsKey(name)) {
      throw new IllegalArgumentException(name + " would not be restored");
    }
    System.setProperty(name, value);
  }

  @Override
  public void close() {
    before.forEach(
        (name, value) ->
            value.ifPresentOrElse(
                text -> System.setProperty(name, text), () -> System.clearProperty(name)));
  }
}
