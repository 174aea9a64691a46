package dev.gatehouse.authorizationserver.jdbc;

import static dev.gatehouse.authorizationserver.jdbc.Columns.fill;
import static dev.gatehouse.authorizationserver.jdbc.Columns.instant;
import static dev.gatehouse.authorizationserver.jdbc.Columns.join;
import static dev.gatehouse.authorizationserver.jdbc.Columns.split;
import static dev.gatehouse.authorizationserver.jdbc.Columns.text;
import static dev.gatehouse.authorizationserver.jdbc.Columns.textOrNull;

import dev.gatehouse.authorizationserver.IssuedToken;
import dev.gatehouse.authorizationserver.OpaqueToken;
import dev.gatehouse.authorizationserver.Rotation;
import dev.gatehouse.authorizationserver.StoredCode;
import dev.gatehouse.authorizationserver.StoredToken;
import dev.gatehouse.authorizationserver.TokenHash;
import dev.gatehouse.authorizationserver.TokenKind;
import dev.gatehouse.authorizationserver.TokenStatus;
import dev.gatehouse.authorizationserver.TokenStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tokens and codes in a database. What must happen once is one conditional {@code UPDATE}: the
 * row's lock decides who was first, on one node or on several. Thread-safe.
 */
final class JdbcTokenStore implements TokenStore {
  private final Transactions transactions;

  JdbcTokenStore(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public Optional<StoredToken> find(OpaqueToken token) {
    return transactions.single(
        "looking up a token",
        connection -> {
          try (PreparedStatement select =
                  fill(
                      connection.prepareStatement(
                          """
                          SELECT t.*, g.revoked AS grant_revoked
                          FROM gatehouse_tokens t JOIN gatehouse_grants g ON g.id = t.grant_id
                          WHERE t.hash = ?
                          """),
                      token.hash().value());
              ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(token(row)) : Optional.empty();
          }
        });
  }

  private static StoredToken token(ResultSet row) throws SQLException {
    return new StoredToken(
        TokenKind.valueOf(text(row, "kind")),
        text(row, "token_id"),
        text(row, "grant_id"),
        text(row, "client_id"),
        textOrNull(row, "subject"),
        textOrNull(row, "username"),
        split(text(row, "scopes")),
        split(text(row, "audience")),
        instant(row, "issued_at"),
        instant(row, "not_before"),
        instant(row, "expires_at"),
        row.getBoolean("grant_revoked")
            ? TokenStatus.REVOKED
            : TokenStatus.valueOf(text(row, "status")));
  }

  @Override
  public void save(List<IssuedToken> tokens) {
    transactions.together("keeping tokens", connection -> insert(connection, tokens));
  }

  private static int insert(Connection connection, List<IssuedToken> tokens) throws SQLException {
    for (IssuedToken issued : tokens) {
      StoredToken token = issued.token();
      keepGrant(connection, token.grantId(), token.expiresAt());
      update(
          connection,
          """
          INSERT INTO gatehouse_tokens (hash, grant_id, kind, token_id, client_id, subject, username,
            scopes, audience, issued_at, not_before, expires_at, status)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
          issued.hash().value(),
          token.grantId(),
          token.kind().name(),
          token.id(),
          token.clientId(),
          token.subject(),
          token.username(),
          join(token.scopes()),
          join(token.audience()),
          token.issuedAt(),
          token.notBefore(),
          token.expiresAt(),
          token.status().name());
    }
    return tokens.size();
  }

  /** A grant lives as long as the longest-lived of what came from it. */
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
      update(
          connection,
          "INSERT INTO gatehouse_grants (id, revoked, expires_at) VALUES (?, FALSE, ?)",
          grantId,
          until);
    }
  }

  @Override
  public void saveCode(TokenHash code, StoredCode meaning) {
    transactions.together(
        "keeping a code",
        connection -> {
          keepGrant(connection, meaning.grantId(), meaning.expiresAt());
          return update(
              connection,
              """
              INSERT INTO gatehouse_codes (hash, grant_id, client_id, subject, username, scopes,
                audience, redirect_uri, code_challenge, expires_at, redeemed)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              """,
              code.value(),
              meaning.grantId(),
              meaning.clientId(),
              meaning.subject(),
              meaning.username(),
              join(meaning.scopes()),
              join(meaning.audience()),
              meaning.redirectUri(),
              meaning.codeChallenge(),
              meaning.expiresAt(),
              meaning.redeemed());
        });
  }

  @Override
  public Optional<StoredCode> findCode(OpaqueToken code) {
    return transactions.single(
        "looking up a code",
        connection -> {
          try (PreparedStatement select =
                  fill(
                      connection.prepareStatement("SELECT * FROM gatehouse_codes WHERE hash = ?"),
                      code.hash().value());
              ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(code(row)) : Optional.empty();
          }
        });
  }

  private static StoredCode code(ResultSet row) throws SQLException {
    return new StoredCode(
        text(row, "grant_id"),
        text(row, "client_id"),
        text(row, "subject"),
        text(row, "username"),
        split(text(row, "scopes")),
        split(text(row, "audience")),
        text(row, "redirect_uri"),
        text(row, "code_challenge"),
        instant(row, "expires_at"),
        row.getBoolean("redeemed"));
  }

  @Override
  public boolean redeemCode(TokenHash code, List<IssuedToken> yield) {
    return transactions.together(
        "redeeming a code",
        connection -> {
          int won =
              update(
                  connection,
                  "UPDATE gatehouse_codes SET redeemed = TRUE WHERE hash = ? AND redeemed = FALSE",
                  code.value());
          if (won == 1) {
            insert(connection, yield);
          }
          return won == 1;
        });
  }

  @Override
  public Optional<Rotation> rotate(
      TokenHash refreshToken, Rotation attempt, List<IssuedToken> yield) {
    return transactions.together(
        "exchanging a refresh token",
        connection -> {
          int won =
              update(
                  connection,
                  """
                  UPDATE gatehouse_tokens SET rotation_nonce = ?, rotated_at = ?,
                    status = CASE WHEN status = 'GOOD' THEN 'ROTATED' ELSE status END
                  WHERE hash = ? AND rotation_nonce IS NULL
                  """,
                  attempt.nonce(),
                  attempt.at(),
                  refreshToken.value());
          if (won == 1) {
            insert(connection, yield);
            return Optional.of(attempt);
          }
          return earlierRotation(connection, refreshToken);
        });
  }

  private static Optional<Rotation> earlierRotation(Connection connection, TokenHash refreshToken)
      throws SQLException {
    try (PreparedStatement select =
            fill(
                connection.prepareStatement(
                    """
                    SELECT rotation_nonce, rotated_at FROM gatehouse_tokens
                    WHERE hash = ? AND rotation_nonce IS NOT NULL
                    """),
                refreshToken.value());
        ResultSet row = select.executeQuery()) {
      return row.next()
          ? Optional.of(new Rotation(text(row, "rotation_nonce"), instant(row, "rotated_at")))
          : Optional.empty();
    }
  }

  @Override
  public void revoke(TokenHash token) {
    transactions.single(
        "revoking a token",
        connection ->
            update(
                connection,
                "UPDATE gatehouse_tokens SET status = 'REVOKED' WHERE hash = ?",
                token.value()));
  }

  @Override
  public void revokeGrant(String grantId) {
    transactions.single(
        "revoking a grant",
        connection ->
            update(connection, "UPDATE gatehouse_grants SET revoked = TRUE WHERE id = ?", grantId));
  }

  @Override
  public boolean isFirstUse(TokenHash what, Instant until) {
    return transactions.single(
        "remembering an assertion",
        connection -> {
          try {
            return update(
                    connection,
                    "INSERT INTO gatehouse_used (hash, expires_at) VALUES (?, ?)",
                    what.value(),
                    until)
                == 1;
          } catch (SQLException e) {
            if (isDuplicate(e)) {
              return false;
            }
            throw e;
          }
        });
  }

  /** Class 23 is "integrity constraint violation": the primary key has decided who was first. */
  private static boolean isDuplicate(SQLException e) {
    return e instanceof SQLIntegrityConstraintViolationException
        || (e.getSQLState() != null && e.getSQLState().startsWith("23"));
  }

  @Override
  public int sweep(Instant now) {
    return transactions.together(
        "sweeping",
        connection -> {
          update(connection, "DELETE FROM gatehouse_used WHERE expires_at <= ?", now);
          update(
              connection,
              "DELETE FROM gatehouse_codes WHERE expires_at <= ? AND redeemed = FALSE",
              now);
          int swept = update(connection, "DELETE FROM gatehouse_tokens WHERE expires_at <= ?", now);
          // Used codes go with their grant, whose last token is gone by then.
          update(connection, "DELETE FROM gatehouse_grants WHERE expires_at <= ?", now);
          return swept;
        });
  }

  static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = fill(connection.prepareStatement(sql), values)) {
      return statement.executeUpdate();
    }
  }
}
