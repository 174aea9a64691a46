package dev.gatehouse.authorizationserver.store.jdbc;

import static dev.gatehouse.authorizationserver.store.jdbc.Columns.fill;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.instant;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.text;
import static dev.gatehouse.authorizationserver.store.jdbc.TokenRows.insert;
import static dev.gatehouse.authorizationserver.store.jdbc.TokenRows.insertCode;
import static dev.gatehouse.authorizationserver.store.jdbc.TokenRows.insertUsed;
import static dev.gatehouse.authorizationserver.store.jdbc.TokenRows.update;

import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.Rotation;
import dev.gatehouse.authorizationserver.store.StoredCode;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenHash;
import dev.gatehouse.authorizationserver.store.TokenStore;
import dev.gatehouse.authorizationserver.store.jdbc.TokenRows.UsedBeforeException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stores tokens and codes in a database. A code or refresh token is used by one conditional {@code
 * UPDATE}, so the row lock lets exactly one caller succeed, on all nodes. Thread-safe.
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
            return row.next() ? Optional.of(TokenRows.token(row)) : Optional.empty();
          }
        });
  }

  @Override
  public void save(List<IssuedToken> tokens) {
    transactions.together("storing tokens", connection -> insert(connection, tokens));
  }

  @Override
  public boolean saveCode(TokenHash code, StoredCode meaning, TokenHash form, Instant until) {
    try {
      return transactions.together(
          "storing a code",
          connection -> {
            insertUsed(connection, form, until);
            return insertCode(connection, code, meaning) == 1;
          });
    } catch (UsedBeforeException e) {
      return false;
    }
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
            return row.next() ? Optional.of(TokenRows.code(row)) : Optional.empty();
          }
        });
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
  public boolean markUsed(TokenHash what, Instant until) {
    try {
      return transactions.single(
          "recording a use", connection -> insertUsed(connection, what, until) == 1);
    } catch (UsedBeforeException e) {
      return false;
    }
  }

  @Override
  public int sweep(Instant now) {
    sweep("gatehouse_used", "hash", "expires_at <= ?", now);
    sweep("gatehouse_codes", "hash", "redeemed = FALSE AND expires_at <= ?", now);
    int swept = sweep("gatehouse_tokens", "hash", "expires_at <= ?", now);
    // Deletes used codes too: they are deleted with their grant, after its last token.
    sweep("gatehouse_grants", "id", "expires_at <= ?", now);
    return swept;
  }

  private int sweep(String table, String key, String expired, Instant now) {
    return new BatchedDelete(transactions, table, key).delete(expired, now);
  }
}
