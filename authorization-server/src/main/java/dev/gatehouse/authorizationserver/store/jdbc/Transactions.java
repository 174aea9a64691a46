package dev.gatehouse.authorizationserver.store.jdbc;

import dev.gatehouse.authorizationserver.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work on a connection, completely or not at all. Every failure becomes {@link
 * StoreUnavailableException}.
 */
final class Transactions {
  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

  /** The size of the pool, because every pooled connection may be broken. */
  private static final int MAX_TRIES = 10;

  /** No retry starts later than this. */
  private static final Duration LONGEST = Duration.ofSeconds(3);

  private final DataSource database;

  Transactions(DataSource database) {
    this.database = database;
  }

  /** Work with one or more statements. */
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /** Runs one statement, which needs no explicit transaction. */
  <T> T single(String what, Work<T> work) {
    return run(what, work);
  }

  /** Runs several statements in one transaction. */
  <T> T together(String what, Work<T> work) {
    return run(what, connection -> commit(connection, work));
  }

  private <T> T run(String what, Work<T> work) {
    long begin = System.nanoTime();
    for (int tries = 1; ; tries++) {
      Connection connection = connect(what);
      try {
        return work.on(connection);
      } catch (SQLException e) {
        boolean inTime = System.nanoTime() - begin < LONGEST.toNanos();
        if (tries == MAX_TRIES || !inTime || !mayGoBetterNextTime(e)) {
          throw unavailable(what, e);
        }
      } finally {
        giveBack(connection);
      }
    }
  }

  /** Ignores failures, because the work is done and must not be retried. */
  private static void giveBack(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("a connection could not be returned to the pool", e);
    }
  }

  /** No retry: the pool has already waited for its timeout. */
  private Connection connect(String what) {
    try {
      return database.getConnection();
    } catch (SQLException e) {
      throw unavailable(what, e);
    }
  }

  private static <T> T commit(Connection connection, Work<T> work) throws SQLException {
    // The pool resets it.
    connection.setAutoCommit(false);
    try {
      T result = work.on(connection);
      try {
        connection.commit();
      } catch (SQLException e) {
        throw isRollback(e) ? e : new CommitFailedException(e);
      }
      return result;
    } catch (SQLException | RuntimeException e) {
      try {
        connection.rollback();
      } catch (SQLException rollback) {
        e.addSuppressed(rollback);
      }
      throw e;
    }
  }

  /**
   * Class 40 is "transaction rollback" in the SQL standard, 90131 is H2's code for it. Class 08 is
   * "connection exception", and 57P01 is PostgreSQL's code for a shutdown: a broken pooled
   * connection is detected only by using it, and the next may work.
   */
  private static boolean mayGoBetterNextTime(SQLException e) {
    String state = e instanceof CommitFailedException ? null : e.getSQLState();
    return state != null
        && (state.startsWith("40")
            || state.equals("90131")
            || state.startsWith("08")
            || state.equals("57P01"));
  }

  private static boolean isRollback(SQLException e) {
    return e.getSQLState() != null && e.getSQLState().startsWith("40");
  }

  /** Whether the commit took effect is unknown, so the work must not be retried. */
  private static final class CommitFailedException extends SQLException {
    private static final long serialVersionUID = 1L;

    CommitFailedException(SQLException cause) {
      super(cause.getMessage(), cause.getSQLState(), cause);
    }
  }

  private static StoreUnavailableException unavailable(String what, SQLException e) {
    return new StoreUnavailableException("the database failed: " + what, e);
  }
}
