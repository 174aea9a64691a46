package dev.gatehouse.authorizationserver.store.jdbc;

import dev.gatehouse.authorizationserver.store.StoreContract;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class H2StoreTest extends StoreContract {
  @TempDir private static Path directory;
  private static JdbcStore store;

  @BeforeAll
  static void open() {
    store = JdbcStore.open("jdbc:h2:file:" + directory.resolve("tokens"), "sa", "", PATIENCE);
  }

  @AfterAll
  static void close() {
    store.close();
  }

  @Override
  protected List<Node> nodes() {
    Node node =
        new Node(
            store.tokens(),
            store.sessions(),
            store.clients(known()),
            store.rateLimits(),
            store.signingKeys(directory.resolve("signing-keys.key")));
    return List.of(node, node);
  }
}
