package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An API key in an endpoint's query appears in no log, self-test report or health. */
class KeyInQueryTest {

  private static final String QUERY = "?key=" + Secrets.MARKER + "-key-of-the-address";

  /** Fails on any line with the key, because the key contains the secrets' marker. */
  @RegisterExtension final LogWatch log = new LogWatch();

  private static void call(GuardedServer guarded, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      guarded.server.get("/mcp", "Authorization", "Bearer " + Secrets.token());
    }
  }

  private long openedBreakers() {
    return log.messages("WARN").stream()
        .filter(line -> line.contains("circuit breaker open for "))
        .count();
  }

  private static void assertKeyIsHidden(GuardedServer guarded) {
    SelfTestReport report = guarded.filter.selfTest();
    assertThat(report.toString()).contains(guarded.as.introspectionEndpoint());
    assertThat(List.of(report.toString(), guarded.filter.health().toString()))
        .noneMatch(Secrets::appearIn);
  }

  @Test
  void noFailureRevealsTheKeyOfAnIntrospectionEndpoint() throws Exception {
    log.announce("refused: reason=as_answer");
    log.announce("refused: reason=as_unreachable");
    log.announce("refused: reason=as_not_asked");
    log.announce("circuit breaker open for PT5S: ");
    try (GuardedServer guarded =
        new GuardedServer(
            Map.of(
                "introspection-endpoint",
                "{issuer}/introspect" + QUERY + " {issuer}/second" + QUERY))) {
      guarded.as.introspection(json(500, "{}"));
      guarded.as.at("/second", json(200, "{\"active\":false}"));
      call(guarded, 1);
      assertKeyIsHidden(guarded);

      guarded.as.at("/second", json(500, "{}"));
      call(guarded, 1);
      guarded.as.introspection(HttpExchange::close);
      guarded.as.at("/second", HttpExchange::close);
      call(guarded, 10);
      Await.until("both open", () -> openedBreakers() == 2);
      call(guarded, 1);
      assertKeyIsHidden(guarded);

      guarded.as.close();
      assertKeyIsHidden(guarded);
      assertThat(log.messages())
          .anyMatch(line -> line.contains("failed over: ") && line.contains("/second)"))
          .anyMatch(
              line ->
                  line.contains("circuit breaker open for ")
                      && line.contains("/introspect), cause as_"))
          .anyMatch(line -> line.contains("as_unreachable") && line.contains("/introspect: "));
    }
  }

  @Test
  void noFailureRevealsTheKeyOfTheTokenEndpoint() throws Exception {
    log.announce("refused: reason=as_unreachable");
    try (GuardedServer guarded =
        new GuardedServer(
            Map.of("client-auth-method", "bearer", "token-endpoint", "{issuer}/token" + QUERY))) {
      guarded.as.at("/token", HttpExchange::close);
      call(guarded, 1);

      assertThat(guarded.filter.selfTest().toString()).contains("/token: ").doesNotContain("?");
      assertThat(log.messages())
          .anyMatch(line -> line.contains("as_unreachable") && line.contains("/token: "));
    }
  }
}
