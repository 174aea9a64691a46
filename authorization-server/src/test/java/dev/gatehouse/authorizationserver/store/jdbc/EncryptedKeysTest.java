package dev.gatehouse.authorizationserver.store.jdbc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.ECKey;
import dev.gatehouse.authorizationserver.AuthorizationServer;
import dev.gatehouse.authorizationserver.store.SigningKey;
import dev.gatehouse.authorizationserver.store.SigningKeyStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.testing.LogsWarning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing keys in a database, encrypted with the key in a file. */
@SuppressWarnings("NullAway.Init")
class EncryptedKeysTest {
  private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(US_ASCII);

  @TempDir private Path directory;

  private String url() {
    return "jdbc:h2:file:" + directory.resolve("tokens");
  }

  private Path file() {
    return directory.resolve("signing-keys.key");
  }

  /** Starts a server over the database, and stops it; returns its published keys. */
  private String run() {
    try (JdbcStore store = JdbcStore.open(url(), "sa", "")) {
      return run(store.signingKeys(file()), store);
    }
  }

  private static String run(SigningKeyStore keys, JdbcStore store) {
    try (TestServer server =
        TestServer.start((origin, context) -> server(origin, keys, store).register(context))) {
      Demo.token(server);
      return server.get("/oauth/jwks").body();
    }
  }

  private static AuthorizationServer server(String origin, SigningKeyStore keys, JdbcStore store) {
    return Demo.server(origin)
        .tokenStore(store.tokens())
        .jwtAccessTokens(true)
        .signingKeyStore(keys)
        .build();
  }

  @Test
  void aRestartKeepsTheKeys() {
    assertThat(run()).contains("\"kid\"").isEqualTo(run());
  }

  @Test
  void onlyTheOwnerMayReadTheFileThatIsCreated() throws IOException {
    run();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(Files.readString(file())).matches("[A-Za-z0-9_-]{43}\n");
    try (var files = Files.list(directory)) {
      assertThat(files.map(path -> String.valueOf(path.getFileName())))
          .noneMatch(name -> name.endsWith(".new"));
    }
  }

  @Test
  void theDatabaseContainsNoPrivateKeyAndNothingPrintsOne() throws SQLException, IOException {
    run();
    try (JdbcStore store = JdbcStore.open(url(), "sa", "")) {
      SigningKey key = store.signingKeys(file()).load().get(0);
      String secret = ((ECKey) key.key()).getD().toString();
      String everything = everything();

      assertThat(everything).contains("GATEHOUSE_SIGNING_KEYS").doesNotContain(secret);
      assertThat(everything).doesNotContain(Files.readString(file()).strip());
      assertThat(key.toString()).contains(key.id()).doesNotContain(secret);
      assertThat(KeyEncryption.with(KEY).toString()).isEqualTo("KeyEncryption[…]");
    }
  }

  @Test
  void aLostFileIsNotReplacedByANewOne() throws IOException {
    run();
    Files.delete(file());

    assertThatThrownBy(this::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("signing-keys.key is missing, but the signing keys in the database")
        .hasMessageContaining("restore it from a copy");
    assertThat(file()).doesNotExist();
  }

  @Test
  void theFileOfAnotherDatabaseIsRefused() throws IOException {
    run();
    Files.writeString(file(), KeyEncryption.randomKey());

    assertThatThrownBy(this::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("signing key 1 in the database can't be decrypted")
        .hasNoCause();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "abc", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "§"})
  void aDamagedFileIsRefusedWithoutQuotingIt(String content) throws IOException {
    run();
    Files.writeString(file(), content);

    assertThatThrownBy(this::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("signing-keys.key is damaged: restore it");
  }

  @Test
  void aFileThatOthersMayReadIsRefused() throws IOException {
    run();
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(this::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("other users of this machine have access")
        .hasMessageContaining("chmod 600 ");
  }

  @Test
  void aFileInAMissingDirectoryIsAnError() {
    try (JdbcStore store = JdbcStore.open(url(), "sa", "")) {
      assertThatThrownBy(() -> store.signingKeys(directory.resolve("missing").resolve("key")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("can't be created");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE gatehouse_signing_keys SET encrypted_key = 'x'",
        "UPDATE gatehouse_signing_keys SET encrypted_key = ''",
        "UPDATE gatehouse_signing_keys SET encrypted_key = '!'",
        "UPDATE gatehouse_signing_keys SET encrypted_key = CONCAT('A', encrypted_key)",
        "UPDATE gatehouse_signing_keys SET encrypted_key = LEFT(encrypted_key, 100)",
        "UPDATE gatehouse_signing_keys SET key_number = 2",
        "UPDATE gatehouse_signing_keys SET signs_from = signs_from + INTERVAL '1' DAY",
        "UPDATE gatehouse_signing_keys SET published_at = published_at - INTERVAL '1' DAY",
      })
  void aChangedRowIsRefused(String change) throws SQLException {
    run();
    execute(change);

    assertThatThrownBy(this::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("can't be decrypted: it was encrypted with another key, or was")
        .hasNoCause();
  }

  @Test
  void afterTheRowsAreDeletedTheServerStartsWithANewKey() throws SQLException, IOException {
    String before = run();
    Files.delete(file());
    execute("DELETE FROM gatehouse_signing_keys");

    assertThat(run()).contains("\"kid\"").isNotEqualTo(before);
  }

  @Test
  @LogsWarning("TokenEndpoint failed")
  void aRowThatChangesWhileTheServerRunsIsNotUsed() throws SQLException {
    try (JdbcStore store = JdbcStore.open(url(), "sa", "")) {
      SigningKeyStore keys = store.signingKeys(file());
      try (TestServer server =
          TestServer.start((origin, context) -> server(origin, keys, store).register(context))) {
        execute(
            """
            INSERT INTO gatehouse_signing_keys VALUES (1, 'mine', CURRENT_TIMESTAMP,
              CURRENT_TIMESTAMP)
            """);
        assertThat(
                server.post(Demo.TOKEN, "client", "client-secret", Demo.FROM_CLIENT).statusCode())
            .isEqualTo(500);
      }
    }
  }

  @Test
  void aGivenKeyEncryptsInPlaceOfAFile() {
    try (JdbcStore store = JdbcStore.open(url(), "sa", "")) {
      byte[] copied = KEY.clone();
      KeyEncryption encryption = KeyEncryption.with(copied);
      String published = run(store.signingKeys(encryption), store);
      copied[0] = 0;

      assertThat(run(store.signingKeys(KeyEncryption.with(KEY)), store)).isEqualTo(published);
      assertThatCode(() -> store.signingKeys(encryption)).doesNotThrowAnyException();
      assertThatThrownBy(() -> store.signingKeys(KeyEncryption.with(copied)))
          .hasMessageContaining("can't be decrypted");
    }
    assertThat(file()).doesNotExist();
  }

  @Test
  void aKeyThatIsNoneIsRefused() {
    for (byte[] wrong : List.of(new byte[0], new byte[16], new byte[32], new byte[33])) {
      assertThatThrownBy(() -> KeyEncryption.with(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the key of the signing keys is not 32 random bytes");
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(), "sa", "");
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private String everything() throws SQLException {
    StringBuilder all = new StringBuilder();
    try (Connection connection = DriverManager.getConnection(url(), "sa", "");
        Statement statement = connection.createStatement();
        ResultSet lines = statement.executeQuery("SCRIPT")) {
      while (lines.next()) {
        all.append(lines.getString(1)).append('\n');
      }
    }
    return all.toString();
  }
}
