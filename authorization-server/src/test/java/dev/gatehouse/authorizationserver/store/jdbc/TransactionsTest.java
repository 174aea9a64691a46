package dev.gatehouse.authorizationserver.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.store.StoreUnavailableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which failures are retried, on a real connection. */
class TransactionsTest {
  private final JdbcDataSource database = new JdbcDataSource();
  private final Transactions transactions = new Transactions(database);
  private final AtomicInteger tries = new AtomicInteger();

  @BeforeEach
  void create() throws SQLException {
    database.setURL("jdbc:h2:mem:transactions;DB_CLOSE_DELAY=-1");
    database.setUser("sa");
    execute("CREATE TABLE rows_written (id INT)");
  }

  @AfterEach
  void drop() throws SQLException {
    execute("DROP ALL OBJECTS");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serialization failure        | 40001 | true
          deadlock                     | 40P01 | true
          H2: concurrent update        | 90131 | true
          connection failure           | 08006 | true
          connection does not exist    | 08003 | true
          PostgreSQL shuts down        | 57P01 | true
          PostgreSQL: query cancelled  | 57014 | false
          duplicate key                | 23505 | false
          value too long               | 22001 | false
          syntax error                 | 42601 | false
          disk full                    | 53100 | false
          no state                     |       | false
          """)
  void onlyFailuresThatMayPassAreRetried(String what, @Nullable String state, boolean retried) {
    assertThatThrownBy(
            () ->
                transactions.together(
                    "trying",
                    connection -> {
                      tries.incrementAndGet();
                      write(connection);
                      throw new SQLException("scripted", state);
                    }))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("the database failed: trying");

    assertThat(tries).hasValue(retried ? 10 : 1);
    assertThat(rows()).isZero();
  }

  @Test
  void workIsRetriedUntilItSucceedsAndIsDoneOnce() {
    int result =
        transactions.together(
            "trying",
            connection -> {
              write(connection);
              if (tries.incrementAndGet() < 5) {
                throw new SQLException("scripted", "40001");
              }
              return 42;
            });

    assertThat(result).isEqualTo(42);
    assertThat(tries).hasValue(5);
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void aBugInTheWorkRollsBackAndIsNotReportedAsAnOutage() {
    assertThatThrownBy(
            () ->
                transactions.together(
                    "trying",
                    connection -> {
                      write(connection);
                      throw new IllegalStateException("bug");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("bug");

    assertThat(rows()).isZero();
  }

  @Test
  void aConnectionThatIsBrokenAlreadyIsAnOutageAfterAllRetries() {
    assertThatThrownBy(
            () ->
                transactions.together(
                    "trying",
                    connection -> {
                      tries.incrementAndGet();
                      connection.close();
                      return write(connection);
                    }))
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(rows()).isZero();
  }

  @Test
  void oneStatementNeedsNoTransaction() {
    assertThat(transactions.single("trying", TransactionsTest::write)).isEqualTo(1);
    assertThat(rows()).isEqualTo(1);
  }

  @ParameterizedTest(name = "commit fails with {0}")
  @CsvSource({"08006, 1", "57P01, 1", "40001, 10", "40P01, 10"})
  void aCommitIsRetriedOnlyIfItHasCertainlyHadNoEffect(String state, int expectedTries) {
    Transactions failing = new Transactions(failingAt("commit", state));

    assertThatThrownBy(
            () ->
                failing.together(
                    "trying",
                    connection -> {
                      tries.incrementAndGet();
                      return write(connection);
                    }))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("the database failed: trying");

    assertThat(tries).hasValue(expectedTries);
  }

  @Test // the work is done: a retry would do it twice
  void aConnectionThatCannotBeReturnedChangesNoResult() {
    Transactions failing = new Transactions(failingAt("close", "08006"));

    int written =
        failing.together(
            "trying",
            connection -> {
              tries.incrementAndGet();
              return write(connection);
            });

    assertThat(written).isEqualTo(1);
    assertThat(tries).hasValue(1);
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void aRollbackThatFailsTooDoesNotHideTheFirstFailure() {
    Transactions failing = new Transactions(failingAt("rollback", "08006"));

    assertThatThrownBy(
            () ->
                failing.together(
                    "trying",
                    connection -> {
                      throw new SQLException("the first failure", "22001");
                    }))
        .isInstanceOf(StoreUnavailableException.class)
        .cause()
        .hasMessage("the first failure")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }

  /** The real database, with connections that fail at one method before it has an effect. */
  private DataSource failingAt(String method, String state) {
    return proxy(
        DataSource.class,
        (called, arguments) -> {
          Connection connection = database.getConnection();
          return proxy(
              Connection.class,
              (each, values) -> {
                if (each.getName().equals(method)) {
                  if (!method.equals("close")) {
                    connection.rollback();
                  }
                  connection.close();
                  throw new SQLException("scripted", state);
                }
                return each.invoke(connection, values);
              });
        });
  }

  private interface Calls {
    @Nullable Object on(Method method, Object @Nullable [] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Calls calls) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                return calls.on(method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private static int write(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate("INSERT INTO rows_written VALUES (1)");
    }
  }

  private int rows() {
    return transactions.single(
        "counting",
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM rows_written")) {
            count.next();
            return count.getInt(1);
          }
        });
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
