package dev.gatehouse.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The PostgreSQL database that the environment names for the embedded authorization server. */
record DatabaseSettings(String url, String user, String password) {

  /** What the variables begin with; no setting of the filter does. */
  static final String PREFIX = "GATEHOUSE_DB_";

  private static final String URL = PREFIX + "URL";
  private static final String USER = PREFIX + "USER";
  private static final String PASSWORD = PREFIX + "PASSWORD";

  /**
   * Reads the variables.
   *
   * @return empty when there is none of them
   * @throws IllegalArgumentException naming every mistake, and what to write instead
   */
  static Optional<DatabaseSettings> of(Map<String, String> environment) {
    List<String> variables = variables(environment);
    if (variables.isEmpty()) {
      return Optional.empty();
    }
    var wrong = new ArrayList<String>();
    for (String variable : variables) {
      if (!Set.of(URL, USER, PASSWORD).contains(variable)) {
        wrong.add(
            variable
                + ": is unknown; there are "
                + URL
                + ", "
                + USER
                + " and "
                + PASSWORD
                + " only");
      }
    }
    String url = environment.getOrDefault(URL, "");
    if (!url.startsWith("jdbc:postgresql:")) {
      wrong.add(URL + ": is no PostgreSQL database; write jdbc:postgresql://HOST/DATABASE");
    } else if (url.contains("password=")) {
      // The URL finds its way into messages of the driver.
      wrong.add(URL + ": has the password in it; write it into " + PASSWORD);
    }
    if (environment.getOrDefault(USER, "").isEmpty()) {
      wrong.add(USER + ": missing; write the name of a user who may make tables there");
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", wrong));
    }
    return Optional.of(
        new DatabaseSettings(
            url, environment.getOrDefault(USER, ""), environment.getOrDefault(PASSWORD, "")));
  }

  /**
   * Refuses variables that nobody would read.
   *
   * @throws IllegalArgumentException when there is one
   */
  static void requireNone(Map<String, String> environment) {
    List<String> variables = variables(environment);
    if (!variables.isEmpty()) {
      throw new IllegalArgumentException(
          String.join(", ", variables)
              + ": the database is that of the embedded authorization server, which does not start"
              + " because the environment names another; take out one or the other");
    }
  }

  private static List<String> variables(Map<String, String> environment) {
    return environment.keySet().stream().filter(name -> name.startsWith(PREFIX)).sorted().toList();
  }

  /** Leaves the password out. */
  @Override
  public String toString() {
    return "DatabaseSettings[" + url + ", " + user + "]";
  }
}
