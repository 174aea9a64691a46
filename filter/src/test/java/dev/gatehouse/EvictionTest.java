package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** After an eviction, no earlier result admits a request. */
class EvictionTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private final String token = Secrets.token();
  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guarded = new GuardedServer(Map.of());
  }

  @AfterEach
  void stop() throws IOException {
    guarded.close();
  }

  private void respondActive(String user, String client) {
    guarded.respondActive("\"sub\":\"%s\",\"client_id\":\"%s\"".formatted(user, client));
  }

  /** Cached tokens of alice and client app, alice and client other, bob and client app. */
  private String[] cachedTokens() throws IOException {
    String[] tokens = {Secrets.token(), Secrets.token(), Secrets.token()};
    respondActive("alice", "app");
    assertThat(guarded.status(tokens[0])).isEqualTo(200);
    respondActive("alice", "other");
    assertThat(guarded.status(tokens[1])).isEqualTo(200);
    respondActive("bob", "app");
    assertThat(guarded.status(tokens[2])).isEqualTo(200);
    guarded.respondInactive();
    return tokens;
  }

  private int[] statuses(String[] tokens) throws IOException {
    return new int[] {
      guarded.status(tokens[0]), guarded.status(tokens[1]), guarded.status(tokens[2])
    };
  }

  @Test
  void evictTokenEvictsThatTokenOnly() throws Exception {
    String[] tokens = cachedTokens();
    guarded.filter.cache().evictToken(tokens[1]);

    assertThat(statuses(tokens)).containsExactly(200, 401, 200);
  }

  @Test
  void evictUserEvictsAllTokensOfTheUser() throws Exception {
    String[] tokens = cachedTokens();
    guarded.filter.cache().evictUser("alice");

    assertThat(statuses(tokens)).containsExactly(401, 401, 200);
  }

  @Test
  void evictClientEvictsAllTokensOfTheClient() throws Exception {
    String[] tokens = cachedTokens();
    guarded.filter.cache().evictClient("app");

    assertThat(statuses(tokens)).containsExactly(401, 200, 401);
  }

  @Test
  void evictAllEvictsEverything() throws Exception {
    String[] tokens = cachedTokens();
    guarded.filter.cache().evictAll();

    assertThat(guarded.filter.cache().size()).isZero();
    assertThat(statuses(tokens)).containsExactly(401, 401, 401);
  }

  @Test
  void anInactiveTokenCanBeEvicted() throws Exception {
    guarded.respondInactive();
    assertThat(guarded.status(token)).isEqualTo(401);
    respondActive("alice", "app");
    guarded.filter.cache().evictToken(token);

    assertThat(guarded.status(token)).isEqualTo(200);
  }

  /** The server responds after the revocation with a result from before it. */
  @Test
  void aResultPendingAtTheEvictionIsNeitherCachedNorSharedWithLaterRequests() throws Exception {
    HeldResponse active = new HeldResponse(json(200, guarded.activeResponse("")));
    guarded.as.introspection(active);
    CompletableFuture<Integer> early = guarded.statusInBackground(token);
    active.awaitRequests(1);
    guarded.respondInactive();
    guarded.filter.cache().evictToken(token);

    assertThat(guarded.status(token)).isEqualTo(401);
    guarded.filter.cache().evictToken(token); // so that the next request introspects
    active.release();
    assertThat(early.get()).isEqualTo(200); // requested before the eviction
    assertThat(guarded.status(token)).isEqualTo(401);
    assertThat(guarded.as.introspectionRequests()).hasSize(3);
  }

  /** An eviction for another user does not affect it. */
  @ParameterizedTest(name = "evicted: {0}")
  @CsvSource({"alice, 401, 2", "bob, 200, 1"})
  void aPendingResultIsCachedUnlessItsUserIsEvicted(
      String evicted, int laterStatus, int introspections) throws Exception {
    String active = guarded.activeResponse("\"sub\":\"alice\"");
    guarded.as.introspection(
        exchange -> {
          guarded.filter.cache().evictUser(evicted);
          guarded.respondInactive();
          json(200, active).respond(exchange);
        });

    assertThat(guarded.status(token)).isEqualTo(200); // requested before the eviction
    assertThat(guarded.status(token)).isEqualTo(laterStatus);
    assertThat(guarded.as.introspectionRequests()).hasSize(introspections);
  }

  @Test
  void cacheThrowsBeforeTheFilterIsStarted() {
    Settings settings =
        Settings.builder()
            .resource("https://mcp.example/mcp")
            .issuer("https://as.example")
            .clientAuthMethod("none")
            .build();

    assertThatThrownBy(() -> new McpAuthFilter(settings).cache())
        .isInstanceOf(IllegalStateException.class);
  }
}
