package dev.gatehouse.authorizationserver.store;

import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.StoreContract.Node;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two servers with shared rate limits count together. */
@SuppressWarnings("NullAway.Init")
public abstract class SharedLimitsContract {
  private final TurnedClock clock = new TurnedClock();
  private List<TestServer> servers;

  /** Returns two nodes over the same data. */
  protected abstract List<Node> nodes();

  @BeforeEach
  void start() {
    servers = nodes().stream().map(this::start).toList();
  }

  @AfterEach
  void stop() {
    servers.forEach(TestServer::close);
    nodes().get(0).limits().sweep(clock.instant().plus(Duration.ofDays(31)));
  }

  private TestServer start(Node node) {
    return TestServer.start(
        (origin, context) ->
            Demo.withUsers(origin)
                .clock(clock)
                .tokenStore(node.tokens())
                .sessionStore(node.sessions())
                .clientRegistry(node.clients())
                .rateLimits(node.limits())
                .introspectionRateLimit(
                    node.limits().limit("few introspections", 4, Duration.ofSeconds(40), clock))
                .build()
                .register(context));
  }

  @Test // RFC 7662 §4
  void introspectionRequestsOfAClientToBothServersAreCountedTogether() {
    String token = Demo.token(servers.get(0));
    for (int i = 0; i < 4; i++) {
      assertThat(introspect(servers.get(i % 2), token).body()).contains("\"active\":true");
    }

    for (TestServer server : servers) {
      HttpResponse<String> refused = introspect(server, token);
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(header(refused, "Retry-After")).isEqualTo("10");
      assertThat(refused.body()).doesNotContain("active");
      // Another client has a count of its own.
      assertThat(
              server.post(Demo.INTROSPECT, "maps-server", "maps-secret", "token=abc").statusCode())
          .isEqualTo(200);
    }
    clock.turn(Duration.ofSeconds(10));
    assertThat(introspect(servers.get(1), token).body()).contains("\"active\":true");
  }

  @Test
  void failedAuthenticationsAtBothServersAreCountedTogether() {
    for (int i = 0; i < 30; i++) {
      assertThat(wrongSecret(servers.get(i % 2)).statusCode()).isEqualTo(401);
    }

    for (TestServer server : servers) {
      assertThat(wrongSecret(server).statusCode()).isEqualTo(429);
    }
    clock.turn(Duration.ofSeconds(2));
    assertThat(wrongSecret(servers.get(0)).statusCode()).isEqualTo(401);
    assertThat(wrongSecret(servers.get(1)).statusCode()).isEqualTo(429);
  }

  private static HttpResponse<String> wrongSecret(TestServer server) {
    return server.post(Demo.INTROSPECT, "notes-server", "wrong", "token=abc");
  }

  @Test
  void wrongPasswordsAtBothServersAreCountedTogether() {
    List<UserAgent> browsers = servers.stream().map(UserAgent::new).toList();
    for (int i = 0; i < 5; i++) {
      assertThat(logIn(browsers.get(i % 2), "wrong")).isEqualTo(403);
    }

    assertThat(logIn(browsers.get(0), "alice-secret")).isEqualTo(429);
    assertThat(logIn(browsers.get(1), "alice-secret")).isEqualTo(429);
    clock.turn(Duration.ofSeconds(12));
    assertThat(logIn(browsers.get(1), "alice-secret")).isEqualTo(303);
  }

  @Test // attackers with many addresses must not lock a user out at the node of their choice
  void anAddressFromWhichAUserHasLoggedInAtOneServerIsExemptFromTheLockoutAtBoth() {
    assertThat(logIn(new UserAgent(servers.get(0)), "alice", "alice-secret")).isEqualTo(303);
    List.of("alice", "bob").forEach(this::useUpAttemptsFromOtherAddresses);

    for (TestServer server : servers) {
      assertThat(logIn(new UserAgent(server), "bob", "bob-secret")).isEqualTo(429);
      assertThat(logIn(new UserAgent(server), "alice", "alice-secret")).isEqualTo(303);
    }
  }

  /** Charges what guesses would charge: a hundred of them would take long, because of bcrypt. */
  private void useUpAttemptsFromOtherAddresses(String username) {
    RateLimit perUser =
        nodes().get(0).limits().limit("login of user", 100, Duration.ofHours(1), clock);
    String key = TokenHash.of(username).value();
    for (int i = 0; i < 100; i++) {
      assertThat(perUser.charge(key)).isEmpty();
    }
  }

  private static int logIn(UserAgent browser, String password) {
    return logIn(browser, "alice", password);
  }

  private static int logIn(UserAgent browser, String username, String password) {
    return browser.logIn(browser.open(request()), username, password).statusCode();
  }
}
