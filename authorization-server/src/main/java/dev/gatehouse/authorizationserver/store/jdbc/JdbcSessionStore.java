package dev.gatehouse.authorizationserver.store.jdbc;

import static dev.gatehouse.authorizationserver.store.jdbc.Columns.acrOf;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.authentication;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.fill;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.instant;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.text;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.textOrNull;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.timeOf;
import static dev.gatehouse.authorizationserver.store.jdbc.TokenRows.update;

import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.SessionStore;
import dev.gatehouse.authorizationserver.store.TokenHash;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** Stores log-ins in a database that all nodes share. Thread-safe. */
final class JdbcSessionStore implements SessionStore {
  private final Transactions transactions;

  JdbcSessionStore(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public void save(TokenHash cookie, LoginSession session) {
    TokenHash request = session.request();
    transactions.single(
        "storing a log-in",
        connection ->
            update(
                connection,
                """
                INSERT INTO gatehouse_sessions (hash, subject, username, auth_time, acr,
                  request_hash, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                cookie.value(),
                session.subject(),
                session.username(),
                timeOf(session.authentication()),
                acrOf(session.authentication()),
                request == null ? null : request.value(),
                session.expiresAt()));
  }

  @Override
  public Optional<LoginSession> find(OpaqueToken cookie) {
    return transactions.single(
        "looking up a log-in",
        connection -> {
          try (PreparedStatement select =
                  fill(
                      connection.prepareStatement(
                          "SELECT * FROM gatehouse_sessions WHERE hash = ?"),
                      cookie.hash().value());
              ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(session(row)) : Optional.empty();
          }
        });
  }

  private static LoginSession session(ResultSet row) throws SQLException {
    String request = textOrNull(row, "request_hash");
    return new LoginSession(
        text(row, "subject"),
        text(row, "username"),
        authentication(row),
        request == null ? null : new TokenHash(request),
        instant(row, "expires_at"));
  }

  @Override
  public void end(TokenHash cookie) {
    transactions.single(
        "ending a log-in",
        connection ->
            update(connection, "DELETE FROM gatehouse_sessions WHERE hash = ?", cookie.value()));
  }

  @Override
  public void sweep(Instant now) {
    transactions.single(
        "sweeping log-ins",
        connection ->
            update(connection, "DELETE FROM gatehouse_sessions WHERE expires_at <= ?", now));
  }
}
