package dev.gatehouse.internal.settings;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Collects the text of settings from several sources. The last value of a setting wins, but a blank
 * value never replaces another one: it would silently remove a protection. Not thread-safe.
 */
public final class SettingValues {

  private final Map<String, String> values = new TreeMap<>();

  /** The environment variables that are blank, by the name of their setting. */
  private final Map<String, String> blankVariables = new TreeMap<>();

  /** The other environment variables, by the name of their setting: one, unless spelled twice. */
  private final Map<String, Set<String>> variables = new TreeMap<>();

  /** The environment variables that resemble no setting. */
  private final Map<String, SettingName> unknownVariables = new TreeMap<>();

  /**
   * Sets a value, unless it is blank and the setting has another one.
   *
   * @param name as in {@code web.xml}, possibly misspelled
   */
  public void set(String name, String value) {
    Objects.requireNonNull(value, name);
    if (value.isBlank()) {
      values.putIfAbsent(name, value);
    } else {
      values.put(name, value);
    }
  }

  /** Sets a value from the environment, and remembers the variable if it is blank. */
  public void setFromEnvironment(String variable, String name, String value) {
    set(name, value);
    if (value.isBlank()) {
      blankVariables.put(name, variable);
    } else {
      variables.computeIfAbsent(name, unused -> new TreeSet<>()).add(variable);
    }
  }

  /** Remembers a variable that resembles no setting, but may be meant for a server. */
  public void ignoreVariable(String variable, SettingName name) {
    unknownVariables.put(variable, name);
  }

  /** A read-only view of the values by name. */
  Map<String, String> byName() {
    return Collections.unmodifiableMap(values);
  }

  /**
   * Reports blank variables of settings that have a value from elsewhere. The operator meant to
   * override it, as {@code ${VARIABLE:-}} does in a Compose file if the variable is missing there.
   */
  void reportBlankVariables(SettingErrors errors) {
    blankVariables.forEach(
        (name, variable) -> {
          if (!values.getOrDefault(name, "").isBlank()) {
            errors.add(
                name,
                "the environment variable "
                    + variable
                    + " is blank, but "
                    + name
                    + " has a value elsewhere; remove the variable, or give it a value");
          }
        });
  }

  /** Reports variables that differ in case only: which one comes last is chance. */
  void reportVariablesSpelledTwice(SettingErrors errors) {
    variables.forEach(
        (name, spellings) -> {
          if (spellings.size() > 1) {
            errors.add(
                name,
                "the environment variables "
                    + String.join(" and ", spellings)
                    + " both set it; remove one");
          }
        });
  }

  /** Reports unknown variables of servers that exist: the operator meant to configure them. */
  void reportUnknownVariables(Collection<String> servers, SettingErrors errors) {
    unknownVariables.forEach(
        (variable, name) -> {
          if (!name.isOfService() && name.server().filter(servers::contains).isPresent()) {
            errors.add(
                name.text(),
                "the environment variable " + variable + " is no setting of a server; remove it");
          }
        });
  }
}
