package dev.gatehouse.authorizationserver.store.jdbc;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.gatehouse.authorizationserver.store.SharedLimitsContract;
import dev.gatehouse.authorizationserver.store.StoreContract;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Two nodes, each with a pool of its own, over one real PostgreSQL. */
@SuppressWarnings("NullAway.Init")
class PostgresStoreTest extends StoreContract {
  private static final KeyEncryption ENCRYPTION =
      KeyEncryption.with("0123456789abcdef0123456789abcdef".getBytes(US_ASCII));

  private static EmbeddedPostgres postgres;
  private static JdbcStore one;
  private static JdbcStore two;

  @BeforeAll
  static void open() throws IOException {
    postgres = Postgres.start();
    String url = postgres.getJdbcUrl("postgres", "postgres");
    one = JdbcStore.open(url, "postgres", "", PATIENCE);
    two = JdbcStore.open(url, "postgres", "", PATIENCE);
  }

  @AfterAll
  static void close() throws IOException {
    one.close();
    two.close();
    postgres.close();
  }

  @Override
  protected List<Node> nodes() {
    return List.of(node(one), node(two));
  }

  @Nested
  class Shared extends SharedLimitsContract {
    @Override
    protected List<Node> nodes() {
      return PostgresStoreTest.this.nodes();
    }
  }

  private static Node node(JdbcStore store) {
    return new Node(
        store.tokens(),
        store.sessions(),
        store.clients(known()),
        store.rateLimits(),
        store.signingKeys(ENCRYPTION));
  }
}
