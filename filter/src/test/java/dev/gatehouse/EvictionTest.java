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

/** Once something is forgotten, no answer from before lets anybody in. */
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

  private void answer(String user, String client) {
    guarded.respondActive("\"sub\":\"%s\",\"client_id\":\"%s\"".formatted(user, client));
  }

  /** Three tokens: of alice's app, of alice's other app, of bob's app. */
  private String[] known() throws IOException {
    String[] tokens = {Secrets.token(), Secrets.token(), Secrets.token()};
    answer("alice", "app");
    assertThat(guarded.status(tokens[0])).isEqualTo(200);
    answer("alice", "other");
    assertThat(guarded.status(tokens[1])).isEqualTo(200);
    answer("bob", "app");
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
  void aTokenThatIsForgottenIsAskedAboutAnewAndNoOther() throws Exception {
    String[] tokens = known();
    guarded.filter.cache().evictToken(tokens[1]);

    assertThat(statuses(tokens)).containsExactly(200, 401, 200);
  }

  @Test
  void allTokensOfAUserAreForgotten() throws Exception {
    String[] tokens = known();
    guarded.filter.cache().evictUser("alice");

    assertThat(statuses(tokens)).containsExactly(401, 401, 200);
  }

  @Test
  void allTokensOfAClientAreForgotten() throws Exception {
    String[] tokens = known();
    guarded.filter.cache().evictClient("app");

    assertThat(statuses(tokens)).containsExactly(401, 200, 401);
  }

  @Test
  void everythingIsForgotten() throws Exception {
    String[] tokens = known();
    guarded.filter.cache().evictAll();

    assertThat(guarded.filter.cache().size()).isZero();
    assertThat(statuses(tokens)).containsExactly(401, 401, 401);
  }

  @Test
  void aBadTokenCanBeForgottenToo() throws Exception {
    guarded.respondInactive();
    assertThat(guarded.status(token)).isEqualTo(401);
    answer("alice", "app");
    guarded.filter.cache().evictToken(token);

    assertThat(guarded.status(token)).isEqualTo(200);
  }

  /** The server looked before the revocation; its answer comes after it. */
  @Test
  void anAnswerThatWasUnderWayIsNeitherKeptNorGivenToWhoComesLater() throws Exception {
    HeldResponse active = new HeldResponse(json(200, guarded.activeResponse("")));
    guarded.as.introspection(active);
    CompletableFuture<Integer> early = guarded.statusInBackground(token);
    active.awaitRequests(1);
    guarded.respondInactive();
    guarded.filter.cache().evictToken(token);

    assertThat(guarded.status(token)).isEqualTo(401);
    guarded.filter.cache().evictToken(token); // what was kept of that, so that the next one asks
    active.release();
    assertThat(early.get()).isEqualTo(200); // it came before
    assertThat(guarded.status(token)).isEqualTo(401);
    assertThat(guarded.as.introspectionRequests()).hasSize(3);
  }

  /** Nor does it disturb anybody else's. */
  @ParameterizedTest(name = "evicted: {0}")
  @CsvSource({"alice, 401, 2", "bob, 200, 1"})
  void anAnswerThatWasUnderWayIsKeptUnlessItIsTheUsersWhoIsForgotten(
      String evicted, int laterStatus, int questions) throws Exception {
    String active = guarded.activeResponse("\"sub\":\"alice\"");
    guarded.as.introspection(
        exchange -> {
          guarded.filter.cache().evictUser(evicted);
          guarded.respondInactive();
          json(200, active).respond(exchange);
        });

    assertThat(guarded.status(token)).isEqualTo(200); // it came before
    assertThat(guarded.status(token)).isEqualTo(laterStatus);
    assertThat(guarded.as.introspectionRequests()).hasSize(questions);
  }

  @Test
  void beforeTheContainerHasStartedTheFilterThereIsNoCache() {
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
