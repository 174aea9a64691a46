package dev.gatehouse;

import static dev.gatehouse.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.Verdict.Unavailable;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that asks to be left alone is, for as long as it says and within reason. */
class RequestedPauseTest {

  private static final Behaviour ACTIVE = json(200, "{\"active\":true}");

  @RegisterExtension final LogWatch log = new LogWatch();

  @AutoClose private AskedEndpoint endpoint = new AskedEndpoint();

  private static Behaviour overloaded(int status, String retryAfter) {
    return exchange -> {
      if (!retryAfter.isEmpty()) {
        exchange.getResponseHeaders().set("Retry-After", retryAfter);
      }
      exchange.sendResponseHeaders(status, -1);
    };
  }

  @ParameterizedTest(name = "{0}: {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          seconds                 | 429 | 7                             | 7
          seconds                 | 503 | 120                           | 120
          none                    | 429 | ''                            | 5
          illegible               | 429 | soon                          | 5
          over already            | 429 | 0                             | 5
          more than five minutes  | 429 | 86400                         | 300
          beyond every number     | 503 | 99999999999999999999999999999 | 300
          """)
  void aPauseThatTheServerAsksForIsKept(String what, int status, String retryAfter, int seconds) {
    log.announce("is left alone for " + Duration.ofSeconds(seconds) + ": as_overloaded");
    log.announce("answers again");
    endpoint.as.introspection(overloaded(status, retryAfter));

    Unavailable first = endpoint.refused();
    assertThat(first.reason()).isEqualTo(Reason.AS_OVERLOADED);
    assertThat(first.retryAfter()).isEqualTo(Duration.ofSeconds(seconds));

    endpoint.as.introspection(ACTIVE);
    endpoint.clock.turnBy(Duration.ofSeconds(seconds - 2));
    assertThat(endpoint.refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
    assertThat(endpoint.refused().retryAfter()).isEqualTo(Duration.ofSeconds(2));
    assertThat(endpoint.as.introspections()).hasSize(1);

    endpoint.clock.turnBy(Duration.ofMillis(2_001));
    for (int i = 0; i < 5; i++) {
      assertThat(endpoint.ask()).isInstanceOf(Verdict.Active.class);
    }
  }

  @Test
  void aPauseIsKeptEvenWithAWaitOfZero() {
    log.announce("is left alone for PT30S: as_overloaded");
    endpoint = endpoint.anew(Duration.ZERO, Duration.ofSeconds(20));
    endpoint.as.introspection(overloaded(429, "30"));
    endpoint.ask(10);

    assertThat(endpoint.as.introspections()).hasSize(1);
  }
}
