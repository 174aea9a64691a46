package dev.gatehouse.authorizationserver.store.jdbc;

import static dev.gatehouse.authorizationserver.store.jdbc.Columns.acrOf;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.authentication;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.fill;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.instant;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.join;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.split;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.text;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.textOrNull;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.timeOf;

import dev.gatehouse.authorizationserver.store.Confirmation;
import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.StoredCode;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenHash;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.TokenStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLTransactionRollbackException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts tokens and codes to rows and back. */
final class TokenRows {
  private TokenRows() {}

  static StoredToken token(ResultSet row) throws SQLException {
    return new StoredToken(
        TokenKind.valueOf(text(row, "kind")),
        text(row, "token_id"),
        text(row, "grant_id"),
        text(row, "client_id"),
        textOrNull(row, "subject"),
        textOrNull(row, "username"),
        authentication(row),
        split(text(row, "scopes")),
        split(text(row, "audience")),
        instant(row, "issued_at"),
        instant(row, "not_before"),
        instant(row, "expires_at"),
        row.getBoolean("grant_revoked")
            ? TokenStatus.REVOKED
            : TokenStatus.valueOf(text(row, "status")),
        Confirmation.of(textOrNull(row, "jkt"), textOrNull(row, "x5t")));
  }

  static StoredCode code(ResultSet row) throws SQLException {
    return new StoredCode(
        text(row, "grant_id"),
        text(row, "client_id"),
        text(row, "subject"),
        text(row, "username"),
        authentication(row),
        split(text(row, "scopes")),
        split(text(row, "audience")),
        text(row, "redirect_uri"),
        text(row, "code_challenge"),
        instant(row, "expires_at"),
        row.getBoolean("redeemed"),
        textOrNull(row, "jkt"));
  }

  static int insert(Connection connection, List<IssuedToken> tokens) throws SQLException {
    for (IssuedToken issued : tokens) {
      StoredToken token = issued.token();
      Confirmation bound = token.confirmation();
      keepGrant(connection, token.grantId(), token.expiresAt());
      update(
          connection,
          """
          INSERT INTO gatehouse_tokens (hash, grant_id, kind, token_id, client_id, subject, username,
            auth_time, acr, scopes, audience, issued_at, not_before, expires_at, status, jkt, x5t)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
          issued.hash().value(),
          token.grantId(),
          token.kind().name(),
          token.id(),
          token.clientId(),
          token.subject(),
          token.username(),
          timeOf(token.authentication()),
          acrOf(token.authentication()),
          join(token.scopes()),
          join(token.audience()),
          token.issuedAt(),
          token.notBefore(),
          token.expiresAt(),
          token.status().name(),
          bound == null ? null : bound.keyThumbprint(),
          bound == null ? null : bound.certificateThumbprint());
    }
    return tokens.size();
  }

  /** A grant expires when the last of its tokens and codes expires. */
  private static void keepGrant(Connection connection, String grantId, Instant until)
      throws SQLException {
    int known =
        update(
            connection,
            """
            UPDATE gatehouse_grants
            SET expires_at = CASE WHEN expires_at < ? THEN ? ELSE expires_at END WHERE id = ?
            """,
            until,
            until,
            grantId);
    if (known == 0) {
      insertGrant(connection, grantId, until);
    }
  }

  private static void insertGrant(Connection connection, String grantId, Instant until)
      throws SQLException {
    try {
      update(
          connection,
          "INSERT INTO gatehouse_grants (id, revoked, expires_at) VALUES (?, FALSE, ?)",
          grantId,
          until);
    } catch (SQLException e) {
      // Another transaction has inserted the same grant: the retry will find it.
      throw isDuplicate(e)
          ? new SQLTransactionRollbackException("the grant is new", "40001", e)
          : e;
    }
  }

  /** Class 23 is "integrity constraint violation": there is such a row already. */
  static boolean isDuplicate(SQLException e) {
    return e instanceof SQLIntegrityConstraintViolationException
        || (e.getSQLState() != null && e.getSQLState().startsWith("23"));
  }

  /**
   * Records the use of a value.
   *
   * @throws UsedBeforeException when it was recorded before, which ends the transaction: PostgreSQL
   *     executes nothing after an error
   */
  static int insertUsed(Connection connection, TokenHash what, Instant until) throws SQLException {
    try {
      return update(
          connection,
          "INSERT INTO gatehouse_used (hash, expires_at) VALUES (?, ?)",
          what.value(),
          until);
    } catch (SQLException e) {
      if (isDuplicate(e)) {
        throw new UsedBeforeException(e);
      }
      throw e;
    }
  }

  /** A value was used before. */
  static final class UsedBeforeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsedBeforeException(SQLException cause) {
      super("used before", cause);
    }
  }

  static int insertCode(Connection connection, TokenHash code, StoredCode meaning)
      throws SQLException {
    keepGrant(connection, meaning.grantId(), meaning.expiresAt());
    return update(
        connection,
        """
              INSERT INTO gatehouse_codes (hash, grant_id, client_id, subject, username, auth_time,
                acr, scopes, audience, redirect_uri, code_challenge, expires_at, redeemed, jkt)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              """,
        code.value(),
        meaning.grantId(),
        meaning.clientId(),
        meaning.subject(),
        meaning.username(),
        timeOf(meaning.authentication()),
        acrOf(meaning.authentication()),
        join(meaning.scopes()),
        join(meaning.audience()),
        meaning.redirectUri(),
        meaning.codeChallenge(),
        meaning.expiresAt(),
        meaning.redeemed(),
        meaning.dpopKeyThumbprint());
  }

  static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = fill(connection.prepareStatement(sql), values)) {
      return statement.executeUpdate();
    }
  }
}
