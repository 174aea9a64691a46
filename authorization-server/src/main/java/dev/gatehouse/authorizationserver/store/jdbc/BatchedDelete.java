package dev.gatehouse.authorizationserver.store.jdbc;

import static dev.gatehouse.authorizationserver.store.jdbc.Columns.fill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Deletes rows in batches, because after a long pause one statement could run into its timeout.
 * Selects keys first and then deletes each row by its key if the condition still holds, so that no
 * query plan scans the whole table.
 */
final class BatchedDelete {
  private static final int SIZE = 1_000;

  private final Transactions transactions;
  private final String table;
  private final String key;

  BatchedDelete(Transactions transactions, String table, String key) {
    this.transactions = transactions;
    this.table = table;
    this.key = key;
  }

  /** Deletes the rows that match a condition with one instant. */
  int delete(String condition, Instant compared) {
    return delete(condition, "", compared);
  }

  /** Deletes the rows that match a condition, except the first ones in this order. */
  int deleteAfter(int kept, String order, String condition) {
    return delete(condition, " ORDER BY " + order + " OFFSET " + kept + " ROWS");
  }

  private int delete(String condition, String from, Object... values) {
    String select =
        "SELECT %s FROM %s WHERE %s%s FETCH FIRST %d ROWS ONLY"
            .formatted(key, table, condition, from, SIZE);
    String delete = "DELETE FROM %s WHERE %s AND %s = ?".formatted(table, condition, key);
    int deleted = 0;
    List<String> keys;
    do {
      keys = transactions.single("sweeping", connection -> keys(connection, select, values));
      List<String> portion = keys;
      deleted +=
          transactions.together(
              "sweeping", connection -> delete(connection, delete, values, portion));
    } while (keys.size() == SIZE);
    return deleted;
  }

  private static List<String> keys(Connection connection, String select, Object... values)
      throws SQLException {
    try (PreparedStatement statement = fill(connection.prepareStatement(select), values);
        ResultSet rows = statement.executeQuery()) {
      List<String> keys = new ArrayList<>();
      while (rows.next()) {
        keys.add(rows.getString(1));
      }
      return keys;
    }
  }

  private static int delete(
      Connection connection, String delete, Object[] values, List<String> keys)
      throws SQLException {
    try (PreparedStatement statement = fill(connection.prepareStatement(delete), values)) {
      for (String each : keys) {
        statement.setString(values.length + 1, each);
        statement.addBatch();
      }
      return Arrays.stream(statement.executeBatch()).sum();
    }
  }
}
