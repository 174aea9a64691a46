package dev.gatehouse.demo;

import dev.gatehouse.authorizationserver.AuthorizationServer;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.SigningKeyStore;
import dev.gatehouse.authorizationserver.store.jdbc.JdbcStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The stored data of the embedded authorization server: tokens, logins, registered clients and
 * signing keys.
 *
 * <p>The signing keys are encrypted, with the key in a file in the data directory. Without such a
 * directory they are in memory.
 *
 * <p>The store is the PostgreSQL database that the environment names; without one, an H2 database
 * in the data directory; without that, memory.
 */
final class AuthorizationData implements AutoCloseable {

  private static final String KEY_FILE = "signing-keys.key";

  private final Optional<JdbcStore> database;
  private final Optional<SigningKeyStore> signingKeys;

  private AuthorizationData(Optional<JdbcStore> database, Optional<SigningKeyStore> signingKeys) {
    this.database = database;
    this.signingKeys = signingKeys;
  }

  /** Stores everything in memory, without loading a database driver. */
  static AuthorizationData inMemory() {
    return new AuthorizationData(Optional.empty(), Optional.empty());
  }

  /**
   * Opens the store.
   *
   * @param directory the data directory, which must exist; empty to store in memory
   * @throws IllegalArgumentException if the database variables in the environment are invalid
   * @throws StartFailedException if the database can't be opened
   */
  static AuthorizationData open(Optional<Path> directory, Map<String, String> environment)
      throws StartFailedException {
    Optional<DatabaseSettings> named = DatabaseSettings.of(environment);
    if (named.isPresent()) {
      DatabaseSettings database = named.get();
      return open(
          directory, "GATEHOUSE_DB_URL", database.url(), database.user(), database.password());
    }
    if (directory.isPresent()) {
      return open(directory, "--data", DataDirectory.url(directory.get(), "tokens"), "sa", "");
    }
    return inMemory();
  }

  private static AuthorizationData open(
      Optional<Path> directory, String option, String url, String user, String password)
      throws StartFailedException {
    JdbcStore store;
    try {
      store = JdbcStore.open(url, user, password);
    } catch (RuntimeException e) { // what JdbcStore declares
      throw new StartFailedException(
          option + ": the database of the authorization server can't be opened: " + cause(e), e);
    }
    try {
      return new AuthorizationData(
          Optional.of(store), directory.map(path -> store.signingKeys(path.resolve(KEY_FILE))));
    } catch (IllegalStateException e) { // says what is wrong with the file
      store.close();
      throw new StartFailedException("--data: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      store.close();
      throw new StartFailedException(
          option + ": the signing keys of the authorization server can't be read: " + cause(e), e);
    }
  }

  /** The innermost SQL message: the outer ones repeat the address and add nothing. */
  private static String cause(RuntimeException e) {
    return Stream.<Throwable>iterate(e, cause -> cause != null, Throwable::getCause)
        .filter(SQLException.class::isInstance)
        .reduce((outer, inner) -> inner)
        .map(cause -> String.valueOf(cause.getMessage()).lines().findFirst().orElse(""))
        .map(
            message -> message.endsWith(".") ? message.substring(0, message.length() - 1) : message)
        .orElseGet(() -> e.getClass().getSimpleName());
  }

  /** Configures the authorization server to store everything here. */
  void configure(AuthorizationServer.Builder server, List<RegisteredClient> known) {
    var clients = new InMemoryClientRegistry(known);
    database.ifPresentOrElse(
        store ->
            server
                .tokenStore(store.tokens())
                .sessionStore(store.sessions())
                .clientRegistry(store.clients(clients))
                .rateLimits(store.rateLimits()),
        () -> server.clientRegistry(clients));
    signingKeys.ifPresent(server::signingKeyStore);
  }

  @Override
  public void close() {
    database.ifPresent(JdbcStore::close);
  }
}
