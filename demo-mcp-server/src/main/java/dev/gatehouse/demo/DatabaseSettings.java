package dev.gatehouse.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The PostgreSQL database of the embedded authorization server, from {@code GATEHOUSE_DB_URL},
 * {@code GATEHOUSE_DB_USER} and {@code GATEHOUSE_DB_PASSWORD}.
 */
record DatabaseSettings(String url, String user, String password) {

  /** The prefix of the variables; no setting of the filter begins with it. */
  static final String PREFIX = "GATEHOUSE_DB_";

  private static final String URL = PREFIX + "URL";
  private static final String USER = PREFIX + "USER";
  private static final String PASSWORD = PREFIX + "PASSWORD";

  /**
   * Reads the variables.
   *
   * @return empty if none of them is set
   * @throws IllegalArgumentException if they are invalid; names every error and what to write
   */
  static Optional<DatabaseSettings> of(Map<String, String> environment) {
    List<String> variables = variables(environment);
    if (variables.isEmpty()) {
      return Optional.empty();
    }
    var errors = new ArrayList<String>();
    for (String variable : variables) {
      if (!Set.of(URL, USER, PASSWORD).contains(variable)) {
        errors.add(
            variable
                + ": is unknown; the known ones are "
                + URL
                + ", "
                + USER
                + " and "
                + PASSWORD);
      }
    }
    String url = environment.getOrDefault(URL, "");
    if (!url.startsWith("jdbc:postgresql:")) {
      errors.add(
          URL + ": is not the URL of a PostgreSQL database; write jdbc:postgresql://HOST/DATABASE");
    } else if (url.contains("password=")) {
      // The driver prints the URL in its messages.
      errors.add(URL + ": contains the password; put it into " + PASSWORD);
    }
    if (environment.getOrDefault(USER, "").isEmpty()) {
      errors.add(USER + ": missing; name a user who may create tables there");
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
    return Optional.of(
        new DatabaseSettings(
            url, environment.getOrDefault(USER, ""), environment.getOrDefault(PASSWORD, "")));
  }

  /**
   * Requires that none of the variables is set, because nothing would read them.
   *
   * @throws IllegalArgumentException if one is set
   */
  static void requireNone(Map<String, String> environment) {
    List<String> variables = variables(environment);
    if (!variables.isEmpty()) {
      throw new IllegalArgumentException(
          String.join(", ", variables)
              + ": configures the database of the embedded authorization server, which does not"
              + " start because the environment names another server; remove one of the two");
    }
  }

  private static List<String> variables(Map<String, String> environment) {
    return environment.keySet().stream().filter(name -> name.startsWith(PREFIX)).sorted().toList();
  }

  /** Omits the password. */
  @Override
  public String toString() {
    return "DatabaseSettings[" + url + ", " + user + "]";
  }
}
