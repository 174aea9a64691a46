package dev.gatehouse.authorizationserver.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.store.DatabaseFaultContract;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.StoreContract;
import dev.gatehouse.authorizationserver.store.StoreContract.Node;
import dev.gatehouse.authorizationserver.store.StoreUnavailableException;
import dev.gatehouse.authorizationserver.store.memory.InMemorySigningKeyStore;
import dev.gatehouse.authorizationserver.testing.Wire;
import dev.gatehouse.testing.LogsWarning;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init")
class PostgresFaultTest extends DatabaseFaultContract {
  private EmbeddedPostgres postgres;
  private Wire wire;
  private JdbcStore store;

  @BeforeEach
  void open() throws IOException {
    postgres = Postgres.start();
    wire = new Wire(postgres.getPort());
    store =
        JdbcStore.open("jdbc:postgresql://127.0.0.1:" + wire.port() + "/postgres", "postgres", "");
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    wire.close();
    postgres.close();
  }

  @LogsWarning(maybe = {"marked as broken", "Failed to validate connection"}) // by the pool
  @Test
  void aDatabaseThatHangsDoesNotBlockRequests() {
    OpaqueToken token = OpaqueToken.random();
    assertThat(store.tokens().find(token)).isEmpty();

    wire.fallSilent();
    assertThatThrownBy(() -> store.tokens().find(token))
        .isInstanceOf(StoreUnavailableException.class);

    wire.speakAgain();
    assertThat(store.tokens().find(token)).isEmpty();
  }

  @Override
  protected Node node() {
    return new Node(
        store.tokens(),
        store.sessions(),
        store.clients(StoreContract.known()),
        store.rateLimits(),
        new InMemorySigningKeyStore());
  }

  @Override
  protected void cutOff() {
    wire.cut();
  }

  @Override
  protected void reconnect() {
    wire.mend();
  }

  @Override
  protected int countTokens() {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM gatehouse_tokens")) {
      count.next();
      return count.getInt(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
