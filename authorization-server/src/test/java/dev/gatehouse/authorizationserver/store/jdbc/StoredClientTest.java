package dev.gatehouse.authorizationserver.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that an earlier version stored. */
@SuppressWarnings("NullAway.Init")
class StoredClientTest {
  @TempDir private static Path directory;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a port that does not exist   | redirect_uris | https://app.example.com:99999/cb
          a redirect URI with a letter | redirect_uris | https://app.example.com/é
          a fragment                   | redirect_uris | https://app.example.com/#x
          an address without a method that needs it | jwks_uri | https://app.example.com/jwks
          a key that cannot be read    | jwks          | {"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","oth":[{}]}]}
          """)
  void aStoredClientWhoseMetadataIsNoLongerValidIsUnknown(String what, String column, String value)
      throws SQLException {
    String url = "jdbc:h2:file:" + directory.resolve(column + value.hashCode());
    try (JdbcStore store = JdbcStore.open(url, "sa", "", Duration.ofSeconds(30))) {
      MutableClientRegistry clients = store.clients(new InMemoryClientRegistry(List.of()));
      for (String id : List.of("old", "other")) {
        clients.add(
            RegisteredClient.builder(id)
                .redirectUris("https://app.example.com/cb")
                .selfRegistered(true)
                .build(),
            Instant.EPOCH);
      }
      try (Connection connection = DriverManager.getConnection(url, "sa", "");
          PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE gatehouse_clients SET " + column + " = ? WHERE id = 'old'")) {
        update.setString(1, value);
        assertThat(update.executeUpdate()).isEqualTo(1);
      }

      assertThat(clients.find("old")).isEmpty();
      assertThat(clients.find("other")).isPresent();
    }
  }
}
