package dev.gatehouse.authorizationserver.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.Rotation;
import dev.gatehouse.authorizationserver.store.StoreContract;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.UserAuthentication;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening a database of an earlier version migrates it. */
class MigrationTest {
  private static final String MIGRATIONS =
      "classpath:dev/gatehouse/authorizationserver/store/jdbc/";
  private static final String BEGIN = "TIMESTAMP WITH TIME ZONE '2026-11-21 12:00:00+00'";
  private static final String END = "TIMESTAMP WITH TIME ZONE '2126-11-21 12:00:00+00'";

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

  @Test
  void tokensCodesAndLogInsOfTheFourthVersionHaveNoAuthenticationInH2(@TempDir Path directory)
      throws SQLException {
    expectRowsOfTheFourthVersionToWork("jdbc:h2:file:" + directory.resolve("tokens"), "sa");
  }

  @Test
  void tokensCodesAndLogInsOfTheFourthVersionHaveNoAuthenticationInPostgres() throws Exception {
    try (EmbeddedPostgres postgres = Postgres.start()) {
      expectRowsOfTheFourthVersionToWork(postgres.getJdbcUrl("postgres", "postgres"), "postgres");
    }
  }

  @Test
  void rowsOfTheFifthVersionAreBoundToNoKeyInH2(@TempDir Path directory) throws SQLException {
    expectRowsOfTheFifthVersionToBeBoundToNoKey(
        "jdbc:h2:file:" + directory.resolve("tokens"), "sa");
  }

  @Test
  void rowsOfTheFifthVersionAreBoundToNoKeyInPostgres() throws Exception {
    try (EmbeddedPostgres postgres = Postgres.start()) {
      expectRowsOfTheFifthVersionToBeBoundToNoKey(
          postgres.getJdbcUrl("postgres", "postgres"), "postgres");
    }
  }

  private static void expectRowsOfTheFifthVersionToBeBoundToNoKey(String url, String user)
      throws SQLException {
    OpaqueToken token = OpaqueToken.random();
    OpaqueToken code = OpaqueToken.random();
    createVersion("5", url, user);
    execute(
        url,
        user,
        "INSERT INTO gatehouse_grants (id, revoked, expires_at) VALUES ('grant', FALSE, "
            + END
            + ")",
        """
        INSERT INTO gatehouse_tokens (hash, grant_id, kind, token_id, client_id, scopes, audience,
          status, issued_at, not_before, expires_at)
        VALUES ('%s', 'grant', 'ACCESS', 'id', 'old', 'a', '', 'GOOD', %s, %s, %s)
        """
            .formatted(token.hash().value(), BEGIN, BEGIN, END),
        """
        INSERT INTO gatehouse_codes (hash, grant_id, client_id, subject, username, scopes, audience,
          redirect_uri, code_challenge, redeemed, expires_at)
        VALUES ('%s', 'grant', 'old', '1', 'alice', 'a', '', 'app:/cb', 'challenge', FALSE, %s)
        """
            .formatted(code.hash().value(), END),
        """
        INSERT INTO gatehouse_clients (id, name, grant_types, scopes, redirect_uris, auth_methods,
          self_registered)
        VALUES ('old', 'Old', 'authorization_code', '', 'https://app.example.com/', 'none', TRUE)
        """);
    try (JdbcStore store = JdbcStore.open(url, user, "")) {
      StoredToken old = store.tokens().find(token).orElseThrow();
      RegisteredClient client = store.clients(StoreContract.known()).find("old").orElseThrow();

      assertThat(old.isActiveAt(Instant.now())).isTrue();
      assertThat(old.confirmation()).isNull();
      assertThat(store.tokens().findCode(code).orElseThrow().dpopKeyThumbprint()).isNull();
      assertThat(client.dpopBoundAccessTokens()).isFalse();
      assertThat(client.certificateBoundAccessTokens()).isFalse();
    }
  }

  private static void expectClientsOfTheFirstVersionToStay(String url, String user)
      throws SQLException {
    createVersion("1", url, user);
    execute(
        url,
        user,
        """
        INSERT INTO gatehouse_clients (id, name, grant_types, scopes, redirect_uris, auth_methods,
          self_registered)
        VALUES ('old', 'Old', 'authorization_code', '', 'https://app.example.com/', 'none', TRUE)
        """);
    try (JdbcStore store = JdbcStore.open(url, user, "")) {
      MutableClientRegistry clients = store.clients(StoreContract.known());
      Instant now = Instant.now();

      clients.sweep(now.plus(Duration.ofDays(1)), now.minus(Duration.ofHours(1)));
      assertThat(clients.find("old")).isPresent();

      clients.sweep(Instant.EPOCH, now.plus(Duration.ofDays(1)));
      assertThat(clients.find("old")).isEmpty();
    }
  }

  private static void expectRowsOfTheFourthVersionToWork(String url, String user)
      throws SQLException {
    OpaqueToken token = OpaqueToken.random();
    OpaqueToken code = OpaqueToken.random();
    OpaqueToken cookie = OpaqueToken.random();
    createVersion("4", url, user);
    execute(
        url,
        user,
        "INSERT INTO gatehouse_grants (id, revoked, expires_at) VALUES ('grant', FALSE, "
            + END
            + ")",
        """
        INSERT INTO gatehouse_tokens (hash, grant_id, kind, token_id, client_id, subject, username,
          scopes, audience, status, issued_at, not_before, expires_at)
        VALUES ('%s', 'grant', 'REFRESH', 'id', 'public', '1', 'alice', 'a b', '', 'GOOD', %s, %s, %s)
        """
            .formatted(token.hash().value(), BEGIN, BEGIN, END),
        """
        INSERT INTO gatehouse_codes (hash, grant_id, client_id, subject, username, scopes, audience,
          redirect_uri, code_challenge, redeemed, expires_at)
        VALUES ('%s', 'grant', 'public', '1', 'alice', 'a', '', 'app:/cb', 'challenge', FALSE, %s)
        """
            .formatted(code.hash().value(), END),
        "INSERT INTO gatehouse_sessions (hash, subject, username, expires_at) VALUES ('%s', '1', 'alice', %s)"
            .formatted(cookie.hash().value(), END));
    try (JdbcStore store = JdbcStore.open(url, user, "")) {
      StoredToken old = store.tokens().find(token).orElseThrow();
      LoginSession session = store.sessions().find(cookie).orElseThrow();

      assertThat(old.scopes()).containsExactly("a", "b");
      assertThat(old.authentication()).isNull();
      assertThat(store.tokens().findCode(code).orElseThrow().authentication()).isNull();
      assertThat(session.username()).isEqualTo("alice");
      assertThat(session.authentication()).isNull();
      assertThat(session.request()).isNull();

      // The old token and the old code can still be exchanged, beside new rows.
      UserAuthentication recent = new UserAuthentication(Instant.EPOCH, "urn:example:password");
      IssuedToken successor = successor(old, null);
      IssuedToken other = successor(old, recent);
      assertThat(
              store
                  .tokens()
                  .rotate(token.hash(), Rotation.startedAt(Instant.EPOCH), List.of(successor)))
          .isPresent();
      assertThat(store.tokens().redeemCode(code.hash(), List.of(other))).isTrue();
      assertThat(stored(url, user))
          .containsExactlyInAnyOrder("null null", "null null", "1970 urn:example:password");
    }
  }

  private static IssuedToken successor(
      StoredToken old, @Nullable UserAuthentication authentication) {
    return new IssuedToken(
        OpaqueToken.random().hash(),
        StoredToken.builder(old.kind(), old.clientId(), old.issuedAt(), old.expiresAt())
            .grantId(old.grantId())
            .authentication(authentication)
            .build());
  }

  private static List<String> stored(String url, String user) throws SQLException {
    List<String> stored = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url, user, "");
        Statement select = connection.createStatement();
        ResultSet row =
            select.executeQuery(
                "SELECT EXTRACT(YEAR FROM auth_time AT TIME ZONE 'UTC'), acr FROM gatehouse_tokens")) {
      while (row.next()) {
        stored.add(row.getString(1) + " " + row.getString(2));
      }
    }
    return stored;
  }

  /** Creates the tables as a version with fewer migrations did. */
  private static void createVersion(String newest, String url, String user) {
    List<String> locations = new ArrayList<>(List.of(MIGRATIONS + "migration"));
    if (url.startsWith("jdbc:postgresql:")) {
      locations.add(MIGRATIONS + "postgresql");
    }
    Flyway.configure()
        .dataSource(url, user, "")
        .locations(locations.toArray(new String[0]))
        .table("gatehouse_schema_history")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .target(newest)
        .load()
        .migrate();
  }

  private static void execute(String url, String user, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, user, "");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.executeUpdate(sql);
      }
    }
  }
}
