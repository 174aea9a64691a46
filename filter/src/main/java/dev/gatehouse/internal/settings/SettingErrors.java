package dev.gatehouse.internal.settings;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with the settings, collected so that nobody has to start again for each. */
public final class SettingErrors {

  private final List<String> found = new ArrayList<>();

  /**
   * Takes one.
   *
   * @param setting its name
   * @param whatAndCure what is wrong, and what to write instead; never a secret
   */
  void add(String setting, String whatAndCure) {
    found.add(setting + ": " + whatAndCure);
  }

  /**
   * Throws if there is any.
   *
   * @throws IllegalArgumentException naming all of them, one a line
   */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new IllegalArgumentException(
          "Gatehouse can't start with these settings:\n  " + String.join("\n  ", found));
    }
  }
}
