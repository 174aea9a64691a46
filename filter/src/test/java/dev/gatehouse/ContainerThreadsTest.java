package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A hanging authorization server must not block all of the container's threads. */
class ContainerThreadsTest {

  /** Jetty needs two of them, as acceptor and as selector. */
  private static final int THREADS = 8;

  private static final int CROWD = 50;

  private static final String ACTIVE =
      "{\"active\":true,\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"}";

  @RegisterExtension final LogWatch log = new LogWatch();

  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private FakeAuthorizationServer as;
  private ProtectedServer server;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
    Settings settings =
        TestSettings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientAuthMethod("none")
            .maxConcurrentIntrospections(2)
            .build();
    server =
        ProtectedServer.guarding(
            new CallerServlet(), new McpAuthFilter(settings, clock), new QueuedThreadPool(THREADS));
  }

  @AfterEach
  void stop() throws IOException {
    callers.shutdownNow();
    server.close();
    as.close();
  }

  private Future<Integer> call(String token) {
    return callers.submit(() -> server.status(token));
  }

  @Test
  void manyRequestsWithOneUncachedTokenLeaveThreadsForCachedTokens() throws Exception {
    log.announce("reason=busy");
    String cached = Secrets.token();
    as.introspection(json(200, ACTIVE));
    assertThat(server.status(cached)).isEqualTo(200);
    HeldResponse inactive = new HeldResponse(json(200, "{\"active\":false}"));
    as.introspection(inactive);
    String uncached = Secrets.token();
    Future<Integer> pending = call(uncached);
    inactive.awaitRequests(1);

    var crowd = new ExecutorCompletionService<Integer>(callers);
    List<Future<Integer>> admitted = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      crowd.submit(() -> server.status(uncached));
      admitted.add(call(cached));
      clock.advance(Duration.ofMillis(100)); // after a second, the server is unresponsive
    }

    for (Future<Integer> each : admitted) {
      assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(200);
    }
    for (int i = 0; i < CROWD - 1; i++) {
      assertThat(requireNonNull(crowd.poll(60, TimeUnit.SECONDS)).get()).isEqualTo(503);
    }
    assertThat(crowd.poll()).as("the one that waits for the result").isNull();
    assertThat(pending).isNotDone();
    assertThat(server.status(cached)).isEqualTo(200);
    inactive.release();
    assertThat(crowd.take().get()).isEqualTo(401);
    assertThat(pending.get()).isEqualTo(401);
    assertThat(as.introspectionRequests()).hasSize(2);
  }
}
