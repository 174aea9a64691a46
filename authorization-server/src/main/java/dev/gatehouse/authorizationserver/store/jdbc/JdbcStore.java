package dev.gatehouse.authorizationserver.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import dev.gatehouse.authorizationserver.store.SessionStore;
import dev.gatehouse.authorizationserver.store.TokenStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;

/**
 * A database with all that the authorization server keeps.
 *
 * <pre>{@code
 * JdbcStore store = JdbcStore.open("jdbc:h2:file:/var/lib/notes/tokens", "sa", "");
 * AuthorizationServer.builder()
 *     .tokenStore(store.tokens())
 *     .sessionStore(store.sessions())
 *     .clientRegistry(store.clients(new InMemoryClientRegistry(known)))
 *     .rateLimits(store.rateLimits())
 * }</pre>
 *
 * <p>PostgreSQL ({@code jdbc:postgresql:…}) may be shared by several nodes; H2 ({@code jdbc:h2:…})
 * belongs to one process. The tables are made and brought up to date at the start, by whichever
 * node comes first. What a store has answered survives a crash of this process. Thread-safe.
 */
public final class JdbcStore implements AutoCloseable {
  private static final String POSTGRESQL = "jdbc:postgresql:";
  private static final String MIGRATIONS =
      "classpath:dev/gatehouse/authorizationserver/store/jdbc/";
  private static final int POOL_SIZE = 10;

  /** How long a request waits for a connection before it is answered 503. */
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
   * Connects, and brings the tables up to date.
   *
   * @param url the JDBC URL of a PostgreSQL or H2 database
   * @param username who may make tables there
   * @param password that user's password
   * @return a store that has to be closed
   * @throws RuntimeException when the database can't be reached or has tables of a newer version
   */
  public static JdbcStore open(String url, String username, String password) {
    return open(url, username, password, CONNECTION_TIMEOUT);
  }

  /** With another time to wait for a connection. */
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
      // H2 writes half a second late unless told not to: what a crash must not undo is written at
      // commit.
      config.setConnectionInitSql("SET WRITE_DELAY 0");
    }
    boolean shared = url.startsWith(POSTGRESQL);
    if (shared) {
      // In seconds. A database that hangs must not hang us with it.
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
        // The database may hold other tables too, with a history of their own.
        .table("gatehouse_schema_history")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
  }

  /**
   * Gives the place for tokens and codes.
   *
   * @return good until this store is closed
   */
  public TokenStore tokens() {
    return new JdbcTokenStore(transactions);
  }

  /**
   * Gives the place for log-ins.
   *
   * @return good until this store is closed
   */
  public SessionStore sessions() {
    return new JdbcSessionStore(transactions);
  }

  /**
   * Gives the place for clients that register themselves.
   *
   * @param known clients that are known without the database, resource servers among them; asked
   *     first
   * @return good until this store is closed
   */
  public MutableClientRegistry clients(ClientRegistry known) {
    return new JdbcClientRegistry(transactions, known);
  }

  /**
   * Gives the place where tries are counted.
   *
   * @return shared by all nodes over one PostgreSQL, and good until this store is closed; with H2,
   *     which belongs to one process, in memory
   */
  public RateLimitFactory rateLimits() {
    return shared ? new JdbcRateLimitFactory(transactions) : InMemoryRateLimit.factory();
  }

  /** Closes all connections. */
  @Override
  public void close() {
    pool.close();
  }
}
