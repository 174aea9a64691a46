package dev.gatehouse.internal.settings;

import java.util.LinkedHashSet;
import java.util.Set;

/** Collects all errors in the settings, so that an operator sees them in one message. */
public final class SettingErrors {

  /** In order, each once: some settings are read several times. */
  private final Set<String> errors = new LinkedHashSet<>();

  /**
   * Adds an error.
   *
   * @param setting the name of the setting
   * @param error what is wrong, and what to write instead; never a secret
   */
  void add(String setting, String error) {
    errors.add(setting + ": " + error);
  }

  /**
   * Throws if there are errors.
   *
   * @throws IllegalArgumentException with all errors, one per line
   */
  public void throwIfAny() {
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(
          "Gatehouse can't start with these settings:\n  " + String.join("\n  ", errors));
    }
  }
}
