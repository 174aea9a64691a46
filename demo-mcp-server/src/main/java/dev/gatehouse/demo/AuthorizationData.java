package dev.gatehouse.demo;

import dev.gatehouse.authorizationserver.AuthorizationServer;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.jdbc.JdbcStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the embedded authorization server keeps: tokens, log-ins, and clients that have registered
 * themselves. In the database that the environment names, else beside the notes, else in memory.
 */
final class AuthorizationData implements AutoCloseable {

  private final Optional<JdbcStore> database;

  private AuthorizationData(Optional<JdbcStore> database) {
    this.database = database;
  }

  /** Gone at the end; no database is so much as loaded. */
  static AuthorizationData inMemory() {
    return new AuthorizationData(Optional.empty());
  }

  /**
   * Opens it.
   *
   * @param directory where the notes are kept; there already, if it is given
   * @throws IllegalArgumentException if the environment names no good database
   * @throws StartFailedException if the database can't be opened
   */
  static AuthorizationData open(Optional<Path> directory, Map<String, String> environment)
      throws StartFailedException {
    Optional<DatabaseSettings> named = DatabaseSettings.of(environment);
    if (named.isPresent()) {
      DatabaseSettings database = named.get();
      return open("GATEHOUSE_DB_URL", database.url(), database.user(), database.password());
    }
    if (directory.isPresent()) {
      return open("--data", DataDirectory.url(directory.get(), "tokens"), "sa", "");
    }
    return inMemory();
  }

  private static AuthorizationData open(String option, String url, String user, String password)
      throws StartFailedException {
    try {
      return new AuthorizationData(Optional.of(JdbcStore.open(url, user, password)));
    } catch (RuntimeException e) { // what JdbcStore declares
      throw new StartFailedException(
          option + ": the database of the authorization server can't be opened: " + cause(e), e);
    }
  }

  /** The database's own word; what is around it repeats the address and adds nothing. */
  private static String cause(RuntimeException e) {
    return Stream.<Throwable>iterate(e, cause -> cause != null, Throwable::getCause)
        .filter(SQLException.class::isInstance)
        .reduce((outer, inner) -> inner)
        .map(cause -> String.valueOf(cause.getMessage()).lines().findFirst().orElse(""))
        .map(
            message -> message.endsWith(".") ? message.substring(0, message.length() - 1) : message)
        .orElseGet(() -> e.getClass().getSimpleName());
  }

  /** Lets the authorization server keep everything here. */
  void keepFor(AuthorizationServer.Builder server, List<RegisteredClient> known) {
    var clients = new InMemoryClientRegistry(known);
    database.ifPresentOrElse(
        store ->
            server
                .tokenStore(store.tokens())
                .sessionStore(store.sessions())
                .clientRegistry(store.clients(clients))
                .rateLimits(store.rateLimits()),
        () -> server.clientRegistry(clients));
  }

  @Override
  public void close() {
    database.ifPresent(JdbcStore::close);
  }
}
