package dev.gatehouse.authorizationserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rate limits by address behind proxies that append to {@code X-Forwarded-For}. */
class ForwardedForTest {
  private final TurnedClock clock = new TurnedClock();

  /** A container that believes the header, as many are configured to. */
  private TestServer behindProxies(int depth) {
    HttpConfiguration http = new HttpConfiguration();
    http.addCustomizer(new ForwardedRequestCustomizer());
    return TestServer.start(
        http,
        (origin, context) ->
            Demo.withUsers(origin)
                .clock(clock)
                .failedAuthenticationRateLimit(
                    new InMemoryRateLimit(2, Duration.ofMinutes(1), clock))
                .registrationRateLimit(new InMemoryRateLimit(2, Duration.ofMinutes(1), clock))
                .forwardedForDepth(depth)
                .build()
                .register(context));
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "introspect", "revoke", "register", "login"})
  void forgedEntriesToTheLeftAreIgnoredAtEachLimit(String endpoint) {
    try (TestServer server = behindProxies(1)) {
      for (int i = 0; i < 30; i++) {
        attempt(server, endpoint, "198.51.100." + i + ", 192.0.2.1");
      }

      assertThat(attempt(server, endpoint, "203.0.113.1, 192.0.2.1")).isEqualTo(429);
      assertThat(attempt(server, endpoint, "203.0.113.1, 192.0.2.2")).isNotEqualTo(429);
    }
  }

  @ParameterizedTest(name = "{0} proxies, {1} and {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | 192.0.2.1              | 192.0.2.1                       | true
          1 | 192.0.2.1              | 192.0.2.2                       | false
          1 | 192.0.2.1              | forged.example.com, 192.0.2.1   | true
          1 | 192.0.2.1              | 192.0.2.1:4711                  | true
          1 | 2001:db8::1            | [2001:db8::2]:4711              | true
          1 | 2001:db8::1            | 2001:db8:0:1::1                 | false
          2 | 192.0.2.1, 10.0.0.1    | 192.0.2.9, 192.0.2.1, 10.0.0.2  | true
          2 | 192.0.2.1, 10.0.0.1    | 192.0.2.2, 10.0.0.1             | false
          """)
  void theAddressIsTheOneThatTheOutermostTrustedProxyAppended(
      int depth, String first, String second, boolean same) {
    try (TestServer server = behindProxies(depth)) {
      attempt(server, "token", first);
      attempt(server, "token", first);

      assertThat(attempt(server, "token", second)).isEqualTo(same ? 429 : 401);
    }
  }

  @Test // "localhost" needs no network to be resolved, and would count as 127.0.0.1
  void aHostNameInTheHeaderIsNotResolved() {
    try (TestServer server = behindProxies(0)) {
      attempt(server, "token", "localhost");
      attempt(server, "token", "localhost");

      assertThat(attempt(server, "token", "127.0.0.1")).isEqualTo(401);
      // Made-up names have no limits of their own.
      assertThat(attempt(server, "token", "made-up.example.com")).isEqualTo(429);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 101})
  void aDepthThatIsNoNumberOfProxiesIsRefused(int depth) {
    assertThatThrownBy(() -> Demo.server("http://127.0.0.1:1").forwardedForDepth(depth).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("forwardedForDepth: " + depth + " is not a number of proxies; write 0 to 100");
  }

  /** Returns the status of an attempt that fails, or of a registration. */
  private static int attempt(TestServer server, String endpoint, String forwardedFor) {
    if (endpoint.equals("login")) {
      return logIn(server, forwardedFor);
    }
    HttpRequest.Builder request =
        endpoint.equals("register")
            ? server
                .request("/oauth/register")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
            : server
                .form("/oauth/" + endpoint, "token=abc")
                .header("Authorization", TestServer.basic("client", "wrong"));
    return server.send(request.header("X-Forwarded-For", forwardedFor)).statusCode();
  }

  private static int logIn(TestServer server, String forwardedFor) {
    UserAgent browser = new UserAgent(server);
    Map<String, String> fields =
        new LinkedHashMap<>(UserAgent.fields(browser.open(UserAgent.request())));
    fields.put("username", "nobody");
    fields.put("password", "wrong");
    StringBuilder form = new StringBuilder();
    fields.forEach((name, value) -> form.append(name + "=" + TestServer.encode(value)).append('&'));
    return browser
        .send(
            server
                .form("/oauth/login", form.toString())
                .header("Origin", server.origin())
                .header("X-Forwarded-For", forwardedFor))
        .statusCode();
  }
}
