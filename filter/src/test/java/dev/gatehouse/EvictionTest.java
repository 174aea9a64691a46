package dev.gatehouse;

import static dev.gatehouse.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
    guarded.as.introspection(
        json(
            200,
            guarded.activeAnswer("\"sub\":\"%s\",\"client_id\":\"%s\"".formatted(user, client))));
  }

  private void answerInactive() {
    guarded.as.introspection(json(200, "{\"active\":false}"));
  }

  private int call(String bearer) throws IOException {
    return guarded.server.get("/mcp", "Authorization", "Bearer " + bearer).statusCode();
  }

  /** Three tokens: of alice's app, of alice's other app, of bob's app. */
  private String[] known() throws IOException {
    String[] tokens = {Secrets.token(), Secrets.token(), Secrets.token()};
    answer("alice", "app");
    assertThat(call(tokens[0])).isEqualTo(200);
    answer("alice", "other");
    assertThat(call(tokens[1])).isEqualTo(200);
    answer("bob", "app");
    assertThat(call(tokens[2])).isEqualTo(200);
    answerInactive();
    return tokens;
  }

  private int[] statuses(String[] tokens) throws IOException {
    return new int[] {call(tokens[0]), call(tokens[1]), call(tokens[2])};
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
    answerInactive();
    assertThat(call(token)).isEqualTo(401);
    answer("alice", "app");
    guarded.filter.cache().evictToken(token);

    assertThat(call(token)).isEqualTo(200);
  }

  /** The server looked before the revocation; its answer comes after it. */
  @Test
  void anAnswerThatWasUnderWayIsNeitherKeptNorGivenToWhoComesLater() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    String active = guarded.activeAnswer("");
    guarded.as.introspection(
        exchange -> {
          asked.countDown();
          try {
            answered.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          json(200, active).answer(exchange);
        });
    CompletableFuture<Integer> early = CompletableFuture.supplyAsync(() -> callUnchecked(token));
    asked.await();
    answerInactive();
    guarded.filter.cache().evictToken(token);

    assertThat(call(token)).isEqualTo(401);
    guarded.filter.cache().evictToken(token); // what was kept of that, so that the next one asks
    answered.countDown();
    assertThat(early.get()).isEqualTo(200); // it came before
    assertThat(call(token)).isEqualTo(401);
    assertThat(guarded.as.introspections()).hasSize(3);
  }

  /** Nor does it disturb anybody else's. */
  @ParameterizedTest(name = "evicted: {0}")
  @CsvSource({"alice, 401, 2", "bob, 200, 1"})
  void anAnswerThatWasUnderWayIsKeptUnlessItIsTheUsersWhoIsForgotten(
      String evicted, int laterStatus, int questions) throws Exception {
    String active = guarded.activeAnswer("\"sub\":\"alice\"");
    guarded.as.introspection(
        exchange -> {
          guarded.filter.cache().evictUser(evicted);
          answerInactive();
          json(200, active).answer(exchange);
        });

    assertThat(call(token)).isEqualTo(200); // it came before
    assertThat(call(token)).isEqualTo(laterStatus);
    assertThat(guarded.as.introspections()).hasSize(questions);
  }

  private int callUnchecked(String bearer) {
    try {
      return call(bearer);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
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
