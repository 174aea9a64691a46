package dev.gatehouse.authorizationserver.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.RateLimit;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes that charge one key at once, at the moment when it matters. */
@SuppressWarnings("NullAway.Init")
class JdbcRateLimitTest {
  private static EmbeddedPostgres postgres;
  private static JdbcStore store;

  @BeforeAll
  static void open() throws IOException {
    postgres = Postgres.start();
    store = JdbcStore.open(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "");
  }

  @AfterAll
  static void close() throws IOException {
    store.close();
    postgres.close();
  }

  private static RateLimit limit(DataSource database) {
    InstantSource fixed = InstantSource.fixed(InstantSource.system().instant());
    return new JdbcRateLimit(
        new Transactions(database), "one at once", 1, Duration.ofDays(1), fixed);
  }

  @Test
  void anAttemptThatIsRefusedDuringARefundIsNotAllowedUncharged() {
    RateLimit other = limit(postgres.getPostgresDatabase());
    RateLimit limit =
        limit(before("SELECT full_at", postgres.getPostgresDatabase(), () -> other.refund("key")));
    assertThat(other.charge("key")).isEmpty();

    assertThat(limit.charge("key")).hasValueSatisfying(wait -> assertThat(wait).isPositive());
    assertThat(other.check("key")).isEmpty();
    assertThat(limit.charge("key")).isEmpty();
    assertThat(other.check("key")).isPresent();
  }

  /** Runs an action whenever such a statement is about to be prepared. */
  private static DataSource before(String statement, DataSource database, Runnable action) {
    return proxy(
        DataSource.class,
        database,
        result ->
            result instanceof Connection connection
                ? proxy(
                    Connection.class,
                    connection,
                    prepared -> {
                      if (String.valueOf(prepared).contains(statement)) {
                        action.run();
                      }
                      return prepared;
                    })
                : result);
  }

  private interface Step {
    Object after(Object result) throws SQLException;
  }

  private static <T> T proxy(Class<T> type, T real, Step step) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                Object result = method.invoke(real, arguments);
                return result == null ? null : step.after(result);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
