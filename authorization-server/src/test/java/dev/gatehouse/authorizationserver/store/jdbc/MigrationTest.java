package dev.gatehouse.authorizationserver.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.StoreContract;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening a database of an earlier version migrates it. */
class MigrationTest {
  @Test
  void clientsOfTheFirstVersionCountAsUsedInH2(@TempDir Path directory) throws SQLException {
    expectClientsOfTheFirstVersionToStay("jdbc:h2:file:" + directory.resolve("tokens"), "sa");
  }

  @Test
  void clientsOfTheFirstVersionCountAsUsedInPostgres() throws Exception {
    try (EmbeddedPostgres postgres = Postgres.start()) {
      expectClientsOfTheFirstVersionToStay(postgres.getJdbcUrl("postgres", "postgres"), "postgres");
    }
  }

  private static void expectClientsOfTheFirstVersionToStay(String url, String user)
      throws SQLException {
    Flyway.configure()
        .dataSource(url, user, "")
        .locations("classpath:dev/gatehouse/authorizationserver/store/jdbc/migration")
        .table("gatehouse_schema_history")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .target("1")
        .load()
        .migrate();
    try (Connection connection = DriverManager.getConnection(url, user, "");
        Statement insert = connection.createStatement()) {
      insert.executeUpdate(
          """
          INSERT INTO gatehouse_clients (id, name, grant_types, scopes, redirect_uris, auth_methods,
            self_registered)
          VALUES ('old', 'Old', 'authorization_code', '', 'https://app.example.com/', 'none', TRUE)
          """);
    }
    try (JdbcStore store = JdbcStore.open(url, user, "")) {
      MutableClientRegistry clients = store.clients(StoreContract.known());
      Instant now = Instant.now();

      clients.sweep(now.plus(Duration.ofDays(1)), now.minus(Duration.ofHours(1)));
      assertThat(clients.find("old")).isPresent();

      clients.sweep(Instant.EPOCH, now.plus(Duration.ofDays(1)));
      assertThat(clients.find("old")).isEmpty();
    }
  }
}
