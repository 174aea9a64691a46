package dev.gatehouse.authorizationserver.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import dev.gatehouse.authorizationserver.store.SessionStore;
import dev.gatehouse.authorizationserver.store.SigningKeyStore;
import dev.gatehouse.authorizationserver.store.TokenStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;

/**
 * A database with all data of the authorization server.
 *
 * <pre>{@code
 * JdbcStore store = JdbcStore.open("jdbc:h2:file:/var/lib/notes/tokens", "sa", "");
 * AuthorizationServer.builder()
 *     .tokenStore(store.tokens())
 *     .sessionStore(store.sessions())
 *     .clientRegistry(store.clients(new InMemoryClientRegistry(known)))
 *     .rateLimits(store.rateLimits())
 *     .signingKeyStore(store.signingKeys(Path.of("/var/lib/notes/signing-keys.key")))
 * }</pre>
 *
 * <p>PostgreSQL ({@code jdbc:postgresql:…}) may be shared by several nodes; H2 ({@code jdbc:h2:…})
 * belongs to one process. Opening it creates and migrates the tables. Data is durable when a method
 * returns, also if this process crashes. Thread-safe.
 */
public final class JdbcStore implements AutoCloseable {
  private static final String POSTGRESQL = "jdbc:postgresql:";
  private static final String MIGRATIONS =
      "classpath:dev/gatehouse/authorizationserver/store/jdbc/";
  private static final int POOL_SIZE = 10;

  /** How long a request waits for a connection before the response is 503. */
  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(3);

  private final HikariDataSource pool;
  private final Transactions transactions;

  private final boolean shared;

  private JdbcStore(HikariDataSource pool, boolean shared) {
    this.pool = pool;
    this.shared = shared;
    this.transactions = new Transactions(pool);
  }

  /**
   * Connects to the database and migrates its tables.
   *
   * @param url the JDBC URL of a PostgreSQL or H2 database
   * @param username a database user that may create tables
   * @param password that user's password
   * @return a store to be closed
   * @throws RuntimeException when the database can't be reached or has tables of a newer version
   */
  public static JdbcStore open(String url, String username, String password) {
    return open(url, username, password, CONNECTION_TIMEOUT);
  }

  /** Opens with another connection timeout. */
  static JdbcStore open(String url, String username, String password, Duration timeout) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("gatehouse");
    config.setJdbcUrl(url);
    config.setUsername(username);
    config.setPassword(password);
    config.setMaximumPoolSize(POOL_SIZE);
    config.setConnectionTimeout(timeout.toMillis());
    config.setValidationTimeout(timeout.toMillis() / 2);
    if (url.startsWith("jdbc:h2:")) {
      // By default H2 writes half a second after the commit, which a crash would lose.
      config.setConnectionInitSql("SET WRITE_DELAY 0");
    }
    boolean shared = url.startsWith(POSTGRESQL);
    if (shared) {
      // In seconds. A database that hangs must not block requests for longer.
      config.addDataSourceProperty("connectTimeout", "2");
      config.addDataSourceProperty("socketTimeout", "5");
      config.addDataSourceProperty("tcpKeepAlive", "true");
    }
    HikariDataSource pool = new HikariDataSource(config);
    try {
      migrate(pool, shared);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
    return new JdbcStore(pool, shared);
  }

  private static void migrate(HikariDataSource pool, boolean shared) {
    List<String> locations = new ArrayList<>(List.of(MIGRATIONS + "migration"));
    if (shared) {
      locations.add(MIGRATIONS + "postgresql");
    }
    Flyway.configure(JdbcStore.class.getClassLoader())
        .dataSource(pool)
        .locations(locations.toArray(new String[0]))
        // The application may use Flyway for other tables in the same database.
        .table("gatehouse_schema_history")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
  }

  /**
   * Returns the store of tokens and codes.
   *
   * @return usable until this store is closed
   */
  public TokenStore tokens() {
    return new JdbcTokenStore(transactions);
  }

  /**
   * Returns the store of log-ins.
   *
   * @return usable until this store is closed
   */
  public SessionStore sessions() {
    return new JdbcSessionStore(transactions);
  }

  /**
   * Returns the registry of self-registered clients.
   *
   * @param known configured clients, which are looked up first; resource servers must be among them
   * @return usable until this store is closed
   */
  public MutableClientRegistry clients(ClientRegistry known) {
    return new JdbcClientRegistry(transactions, known);
  }

  /**
   * Returns the rate limits.
   *
   * @return shared by all nodes over one PostgreSQL, and usable until this store is closed; in
   *     memory with H2, which belongs to one process
   */
  public RateLimitFactory rateLimits() {
    return shared ? new JdbcRateLimitFactory(transactions) : InMemoryRateLimit.factory();
  }

  /**
   * Returns the store of signing keys, encrypted with the key in a file. If neither the file nor
   * any signing key exists, the file is created, for its owner alone. Nodes over one database need
   * the same file; keep a copy of it, but not beside the copies of the database.
   *
   * @param file the path of the file, whose directory exists
   * @return usable until this store is closed
   * @throws IllegalStateException when the file is missing, damaged, readable for others, or not
   *     the one that the keys in the database are encrypted with
   */
  public SigningKeyStore signingKeys(Path file) {
    KeyFile key = new KeyFile(file);
    if (key.exists()) {
      return signingKeys(key.read());
    }
    if (JdbcSigningKeyStore.hasKeys(transactions)) {
      throw new IllegalStateException(
          "the key file "
              + key
              + " is missing, but the signing keys in the database are encrypted with it: restore"
              + " it from a copy; or delete all rows of gatehouse_signing_keys, which makes all"
              + " JWTs of this server invalid");
    }
    return signingKeys(key.create());
  }

  /**
   * Returns the store of signing keys, encrypted with a given key.
   *
   * @param encryption the same on all nodes over one database
   * @return usable until this store is closed
   * @throws IllegalStateException when the keys in the database are encrypted with another one
   */
  public SigningKeyStore signingKeys(KeyEncryption encryption) {
    JdbcSigningKeyStore keys = new JdbcSigningKeyStore(transactions, encryption);
    // Decrypts them, so that a wrong key is found at the start.
    keys.load();
    return keys;
  }

  /** Closes all connections. */
  @Override
  public void close() {
    pool.close();
  }
}
