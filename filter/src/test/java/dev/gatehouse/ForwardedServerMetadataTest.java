package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.endpoint.ForwardedServerMetadata;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** For clients of the 2025-03-26 revision, which look for it on the MCP server itself. */
class ForwardedServerMetadataTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private static final String PATH = "/.well-known/oauth-authorization-server";

  private static ProtectedServer guarded(FakeAuthorizationServer as, boolean forward)
      throws Exception {
    return ProtectedServer.guarding(
        new CallerServlet(),
        origin ->
            TestSettings.builder()
                .resource(origin + "/mcp")
                .issuer(as.issuer())
                .clientId("client")
                .clientSecret(Secrets.CLIENT_SECRET)
                .forwardAuthorizationServerMetadata(forward)
                .build());
  }

  @Test
  void itIsOffUnlessConfigured() throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = guarded(as, false)) {
      assertThat(server.get(PATH).statusCode()).isEqualTo(404);
      assertThat(as.requests()).isEmpty();
    }
  }

  @Test
  void itIsServedReadableByPagesOfAnyOriginAndAskedForOnce() throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = guarded(as, true)) {
      var response = server.get(PATH, "Origin", "https://inspector.example");

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo(as.metadata());
      assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
      assertThat(server.get(PATH).body()).isEqualTo(as.metadata());
      assertThat(as.requests()).hasSize(1);
    }
  }

  @Test
  void itIsA503WhileTheServerCanNotBeReadAndThereAgainAfterwards() throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = guarded(as, true)) {
      as.at(PATH, json(500, "{}"));
      assertThat(server.get(PATH).statusCode()).isEqualTo(503);

      as.at(PATH, json(200, as.metadata()));
      assertThat(server.get(PATH).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aServerThatHangsHoldsNoMoreThanAFewThreads() throws Exception {
    ExecutorService callers = Executors.newCachedThreadPool();
    try (var as = new FakeAuthorizationServer();
        var server = guarded(as, true)) {
      HeldResponse metadata = new HeldResponse(json(200, as.metadata()));
      as.at(PATH, metadata);
      var answers = new ExecutorCompletionService<Integer>(callers);
      for (int i = 0; i < ForwardedServerMetadata.MAX_WAITING + 4; i++) {
        answers.submit(() -> server.get(PATH).statusCode());
      }
      for (int i = 0; i < 4; i++) {
        Future<Integer> first = answers.poll(60, TimeUnit.SECONDS);
        assertThat(first).as("answered while the server hangs").isNotNull();
        assertThat(first.get()).isEqualTo(503);
      }
      metadata.release();
      for (int i = 0; i < ForwardedServerMetadata.MAX_WAITING; i++) {
        assertThat(answers.take().get()).isEqualTo(200);
      }
    } finally {
      callers.shutdownNow();
    }
  }
}
