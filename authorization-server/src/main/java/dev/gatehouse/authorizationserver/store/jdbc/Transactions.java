package dev.gatehouse.authorizationserver.store.jdbc;

import dev.gatehouse.authorizationserver.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work on a connection: all of it or none. Whatever fails means that nobody can tell just now.
 */
final class Transactions {
  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

  /** As many as there are connections in a pool, each of which may have been cut. */
  private static final int MAX_TRIES = 10;

  /** After this nothing is tried again: whoever asked has better things to do than to wait. */
  private static final Duration LONGEST = Duration.ofSeconds(3);

  private final DataSource database;

  Transactions(DataSource database) {
    this.database = database;
  }

  /** Several statements. */
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /** One statement, which needs no transaction around it. */
  <T> T single(String what, Work<T> work) {
    return run(what, work);
  }

  /** Several statements, all or none. */
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

  /** What goes wrong here comes after the work: it must not make anybody do the work again. */
  private static void giveBack(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("a connection could not be given back", e);
    }
  }

  /** Whoever has waited for a connection in vain does not wait again. */
  private Connection connect(String what) {
    try {
      return database.getConnection();
    } catch (SQLException e) {
      throw unavailable(what, e);
    }
  }

  private static <T> T commit(Connection connection, Work<T> work) throws SQLException {
    // The pool sets it back.
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
   * Class 40 is "transaction rollback" in the SQL standard, 90131 is H2's word for the same. Class
   * 08 is "connection exception", and 57P01 what PostgreSQL says when it stops: a pooled connection
   * that was cut is found out by using it, and the next may be whole.
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

  /** Nobody knows whether it was committed, and so it must not be done again. */
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
