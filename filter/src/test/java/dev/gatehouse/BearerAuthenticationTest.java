package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.discovery.SharedFetch;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Introspection authenticated by an access token (RFC 7662 §2.1), which the filter gets by a client
 * credentials grant (RFC 6749 §4.4).
 */
class BearerAuthenticationTest {

  private final ManualClock clock = new ManualClock(ManualClock.NOW);

  @RegisterExtension final LogWatch log = new LogWatch();

  private final AtomicInteger issued = new AtomicInteger();
  private FakeAuthorizationServer as;
  private ProtectedServer server;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
    as.at(
        "/.well-known/oauth-authorization-server",
        json(
            200, as.metadata().replace("}", ",\"token_endpoint\":\"" + as.issuer() + "/token\"}")));
    issueTokensFor(600);
    server =
        ProtectedServer.guarding(
            new CallerServlet(),
            clock,
            origin ->
                TestSettings.builder()
                    .resource(origin + "/mcp")
                    .issuer(as.issuer())
                    .clientId("client")
                    .clientSecret(Secrets.CLIENT_SECRET)
                    .clientAuthMethod("bearer")
                    .set("client-token-scope", "introspect")
                    .build());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    as.close();
  }

  private void issueTokensFor(int seconds) {
    as.at(
        "/token",
        exchange ->
            json(
                    200,
                    "{\"access_token\":\"own-unspeakable-%d\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
                        .formatted(issued.incrementAndGet(), seconds))
                .respond(exchange));
  }

  private int status() throws Exception {
    return server.get("/mcp", "Authorization", "Bearer unspeakable-token").statusCode();
  }

  private String lastCredentials() {
    var all = as.introspectionRequests();
    return all.get(all.size() - 1).header("Authorization");
  }

  @Test
  void theTokenIsRequestedWithTheConfiguredScopeAndReused() throws Exception {
    assertThat(status()).isEqualTo(401);
    assertThat(status()).isEqualTo(401);

    assertThat(lastCredentials()).isEqualTo("Bearer own-unspeakable-1");
    assertThat(issued).hasValue(1);
    var fetch = as.requests().stream().filter(q -> q.path().equals("/token")).findFirst();
    assertThat(fetch.orElseThrow().parameter("grant_type")).isEqualTo("client_credentials");
    assertThat(fetch.orElseThrow().parameter("scope")).isEqualTo("introspect");
  }

  @Test
  void concurrentRequestsFetchOneToken() throws Exception {
    int requests = 16;
    CountDownLatch allSubmitted = new CountDownLatch(1);
    as.at(
        "/token",
        exchange -> {
          await(allSubmitted);
          json(
                  200,
                  "{\"access_token\":\"own-unspeakable-%d\",\"token_type\":\"Bearer\"}"
                      .formatted(issued.incrementAndGet()))
              .respond(exchange);
        });
    ExecutorService threads = Executors.newFixedThreadPool(requests);
    Callable<Integer> call = this::status;
    List<Future<Integer>> statuses =
        IntStream.range(0, requests).mapToObj(i -> threads.submit(call)).toList();
    allSubmitted.countDown();

    for (Future<Integer> status : statuses) {
      assertThat(status.get()).isEqualTo(401);
    }
    threads.shutdown();
    assertThat(issued).hasValue(1);
  }

  @Test
  void anExpiringTokenIsRenewed() throws Exception {
    issueTokensFor(100);
    assertThat(status()).isEqualTo(401);
    clock.advance(Duration.ofSeconds(79));
    assertThat(status()).isEqualTo(401);
    assertThat(issued).hasValue(1);
    clock.advance(Duration.ofSeconds(5)); // past the cached result, and four fifths of the lifetime
    assertThat(status()).isEqualTo(401);
    assertThat(issued).hasValue(2);

    assertThat(as.introspectionRequests()).noneMatch(q -> q.header("Authorization").isEmpty());
  }

  @Test
  void aTokenWithoutALifetimeIsKeptUntilA401() throws Exception {
    issueTokensFor(0);

    assertThat(status()).isEqualTo(401);
    assertThat(status()).isEqualTo(401);
    assertThat(issued).hasValue(1);
  }

  @Test
  void a401RenewsTheTokenAndRepeatsTheIntrospectionOnce() throws Exception {
    as.introspection(
        exchange -> {
          String authorization = exchange.getRequestHeaders().getFirst("Authorization");
          (authorization.equals("Bearer own-unspeakable-1")
                  ? json(401, "{}")
                  : json(200, "{\"active\":false}"))
              .respond(exchange);
        });

    assertThat(status()).isEqualTo(401);
    assertThat(lastCredentials()).isEqualTo("Bearer own-unspeakable-2");
    assertThat(status()).isEqualTo(401);
    assertThat(issued).hasValue(2);
  }

  @Test
  void aServerThatRefusesEveryTokenGetsTwoRequests() throws Exception {
    log.announce("reason=as_credentials");
    as.introspection(json(401, "{}"));

    assertThat(status()).isEqualTo(503);
    assertThat(as.introspectionRequests()).hasSize(2);
  }

  @Test
  void aRefusingTokenEndpointMeans503() throws Exception {
    log.announce("reason=as_credentials");
    as.at("/token", json(401, "{\"error\":\"invalid_client\"}"));

    assertThat(status()).isEqualTo(503);
    assertThat(as.introspectionRequests()).isEmpty();
  }

  @Test
  void strangersTokensCannotCauseARequestForOurTokenEach() throws Exception {
    log.announce("reason=as_credentials");
    log.announce("circuit breaker open");
    log.announce("reason=as_not_asked");
    as.at("/token", json(401, "{\"error\":\"invalid_client\"}"));

    for (int i = 0; i < 30; i++) {
      assertThat(server.status("unspeakable-" + i)).isEqualTo(503);
    }
    assertThat(tokenRequests()).isEqualTo(1);
  }

  @Test
  void aServerThatRefusesEveryTokenGetsFewRequestsForOurs() throws Exception {
    log.announce("reason=as_credentials");
    log.announce("circuit breaker open");
    log.announce("reason=as_not_asked");
    as.introspection(json(401, "{}"));

    for (int i = 0; i < 30; i++) {
      assertThat(server.status("unspeakable-" + i)).isEqualTo(503);
    }
    assertThat(tokenRequests()).isEqualTo(2);
  }

  private long tokenRequests() {
    return as.requests().stream().filter(q -> q.path().equals("/token")).count();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aTokenInvalidInAHeaderMeans503AndIsNotKept() throws Exception {
    for (String accessToken : List.of("own\\r\\nX-Forged: 1", "\u00f6wn", "two words")) {
      as.at(
          "/token",
          json(200, "{\"access_token\":\"" + accessToken + "\",\"token_type\":\"Bearer\"}"));
      log.announce("reason=as_answer");
      assertThat(status()).as(accessToken).isEqualTo(503);
      clock.advance(SharedFetch.PAUSE);
    }
    assertThat(as.introspectionRequests()).isEmpty();
    issueTokensFor(600);
    assertThat(status()).isEqualTo(401);
  }
}
