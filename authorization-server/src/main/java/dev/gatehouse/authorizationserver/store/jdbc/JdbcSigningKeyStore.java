package dev.gatehouse.authorizationserver.store.jdbc;

import static dev.gatehouse.authorizationserver.store.jdbc.Columns.fill;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.instant;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.text;
import static dev.gatehouse.authorizationserver.store.jdbc.TokenRows.isDuplicate;
import static dev.gatehouse.authorizationserver.store.jdbc.TokenRows.update;

import com.nimbusds.jose.jwk.JWK;
import dev.gatehouse.authorizationserver.store.SigningKey;
import dev.gatehouse.authorizationserver.store.SigningKeyStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Stores signing keys in a database that all nodes share. The number is the primary key, so exactly
 * one node adds each key. Thread-safe.
 */
final class JdbcSigningKeyStore implements SigningKeyStore {
  private final Transactions transactions;
  private final KeyEncryption encryption;

  JdbcSigningKeyStore(Transactions transactions, KeyEncryption encryption) {
    this.transactions = transactions;
    this.encryption = encryption;
  }

  /** Whether the database has any key, which only the right encryption can decrypt. */
  static boolean hasKeys(Transactions transactions) {
    return transactions.single(
        "counting signing keys",
        connection -> {
          try (PreparedStatement select =
                  connection.prepareStatement("SELECT key_number FROM gatehouse_signing_keys");
              ResultSet row = select.executeQuery()) {
            return row.next();
          }
        });
  }

  /** A row as it is in the database. */
  private record Row(long number, String encrypted, Instant publishedAt, Instant signsFrom) {
    /** Encrypted together with the key, so that no row can be changed or take another's place. */
    String context() {
      return context(number, publishedAt, signsFrom);
    }

    static String context(long number, Instant publishedAt, Instant signsFrom) {
      return "gatehouse signing key "
          + number
          + " "
          + publishedAt.toEpochMilli()
          + " "
          + signsFrom.toEpochMilli();
    }

    @Override
    public String toString() {
      return "Row[" + number + "]";
    }
  }

  @Override
  public List<SigningKey> load() {
    List<Row> rows =
        transactions.single(
            "loading signing keys",
            connection -> {
              try (PreparedStatement select =
                      fill(
                          connection.prepareStatement(
                              "SELECT * FROM gatehouse_signing_keys ORDER BY key_number"));
                  ResultSet row = select.executeQuery()) {
                List<Row> found = new ArrayList<>();
                while (row.next()) {
                  found.add(row(row));
                }
                return found;
              }
            });
    return rows.stream().map(this::key).toList();
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getLong("key_number"),
        text(row, "encrypted_key"),
        instant(row, "published_at"),
        instant(row, "signs_from"));
  }

  private SigningKey key(Row row) {
    Optional<String> jwk = encryption.decrypt(row.encrypted(), row.context());
    if (jwk.isPresent()) {
      try {
        return new SigningKey(
            row.number(), JWK.parse(jwk.get()), row.publishedAt(), row.signsFrom());
      } catch (ParseException | IllegalArgumentException e) {
        // Without its message, which may quote the key.
      }
    }
    throw new IllegalStateException(
        "signing key "
            + row.number()
            + " in the database can't be decrypted: it was encrypted with another key, or was"
            + " changed. Restore the key that the database was used with; or delete all rows of"
            + " gatehouse_signing_keys, which makes all JWTs of this server invalid");
  }

  @Override
  public boolean add(SigningKey key) {
    String context = Row.context(key.number(), key.publishedAt(), key.signsFrom());
    String encrypted = encryption.encrypt(key.key().toJSONString(), context);
    return transactions.single(
        "storing a signing key",
        connection -> {
          try {
            return update(
                    connection,
                    """
                    INSERT INTO gatehouse_signing_keys
                      (key_number, encrypted_key, published_at, signs_from)
                    VALUES (?, ?, ?, ?)
                    """,
                    key.number(),
                    encrypted,
                    key.publishedAt(),
                    key.signsFrom())
                == 1;
          } catch (SQLException e) {
            if (isDuplicate(e)) {
              return false;
            }
            throw e;
          }
        });
  }

  @Override
  public void delete(long number) {
    transactions.single(
        "deleting a signing key",
        connection ->
            update(connection, "DELETE FROM gatehouse_signing_keys WHERE key_number = ?", number));
  }
}
