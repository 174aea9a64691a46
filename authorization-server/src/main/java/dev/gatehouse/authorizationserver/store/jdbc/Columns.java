package dev.gatehouse.authorizationserver.store.jdbc;

import dev.gatehouse.authorizationserver.store.UserAuthentication;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Converts values to columns and back. */
final class Columns {
  private Columns() {}

  /** Sets all parameters of a statement, in order. */
  static PreparedStatement fill(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      statement.setObject(i + 1, value instanceof Instant instant ? utc(instant) : value);
    }
    return statement;
  }

  private static OffsetDateTime utc(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static String text(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    if (text == null) {
      throw new SQLException("column " + column + " is empty");
    }
    return text;
  }

  /** Rows that an earlier version has written have neither column. */
  static @Nullable UserAuthentication authentication(ResultSet row) throws SQLException {
    OffsetDateTime time = row.getObject("auth_time", OffsetDateTime.class);
    String acr = row.getString("acr");
    return time == null || acr == null ? null : new UserAuthentication(time.toInstant(), acr);
  }

  static @Nullable Instant timeOf(@Nullable UserAuthentication authentication) {
    return authentication == null ? null : authentication.time();
  }

  static @Nullable String acrOf(@Nullable UserAuthentication authentication) {
    return authentication == null ? null : authentication.acr();
  }

  static @Nullable String textOrNull(ResultSet row, String column) throws SQLException {
    return row.getString(column);
  }

  /** Scope tokens and URIs hold no spaces. */
  static String join(Collection<String> members) {
    return String.join(" ", members);
  }

  static Set<String> split(String joined) {
    return joined.isEmpty() ? Set.of() : new LinkedHashSet<>(Arrays.asList(joined.split(" ", -1)));
  }
}
