package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.StreamServlet.Kind;
import dev.gatehouse.StreamServlet.Stream;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Event streams end with their tokens, on every container and however the servlet streams. */
class StreamEndTest {

  private static final Duration HOUR = Duration.ofHours(1);

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  /** What ends the token of the stream. */
  private enum Cause {
    EXPIRY("expired"),
    EVICTED_TOKEN("evicted"),
    EVICTED_USER("evicted"),
    EVICTED_CLIENT("evicted"),
    EVICTED_ALL("evicted"),
    INACTIVE("inactive"),
    AUDIENCE_LOST("inactive");

    final String reason;

    Cause(String reason) {
      this.reason = reason;
    }

    void happen(StreamFixture fixture, String token) {
      TokenCache cache = fixture.filter.cache();
      switch (this) {
        case EXPIRY -> fixture.clock.advance(HOUR);
        case EVICTED_TOKEN -> cache.evictToken(token);
        case EVICTED_USER -> cache.evictUser("alice");
        case EVICTED_CLIENT -> cache.evictClient(fixture.as.issuer(), "editor");
        case EVICTED_ALL -> cache.evictAll();
        case INACTIVE -> {
          fixture.as.introspection(json(200, "{\"active\":false}"));
          fixture.clock.advance(Duration.ofMinutes(2));
        }
        case AUDIENCE_LOST -> {
          fixture.as.introspection(
              json(200, "{\"active\":true,\"aud\":\"https://other.example\"}"));
          fixture.clock.advance(Duration.ofMinutes(2));
        }
      }
    }
  }

  private static void respondAlice(StreamFixture fixture) {
    long expiry = fixture.clock.instant().plus(HOUR).getEpochSecond();
    fixture.respondActive(StreamFixture.tokenOf("alice", "editor") + ",\"exp\":" + expiry);
  }

  static List<Arguments> containersAndKinds() {
    List<Arguments> rows = new ArrayList<>();
    for (Container container :
        List.of(Container.UNDERTOW_16, Container.TOMCAT_32, Container.JETTY_64)) {
      for (Kind kind : Kind.values()) {
        rows.add(Arguments.of(container, kind));
      }
    }
    return rows;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("containersAndKinds")
  void aStreamEndsWithItsToken(Container container, Kind kind) throws Exception {
    StreamServlet servlet = new StreamServlet(kind);
    try (StreamFixture fixture = new StreamFixture(container, servlet, directory)) {
      for (String method : List.of("GET", "POST")) {
        for (Cause cause : Cause.values()) {
          respondAlice(fixture);
          String token = Secrets.token();
          long endedBefore = fixture.ended(cause.reason);
          try (var client = fixture.new Connection(method, token)) {
            Stream stream = servlet.next();
            assertThat(stream.send("data: second\n\n")).isTrue();
            client.await("data: second");
            assertThat(fixture.openStreams()).isEqualTo(1);

            cause.happen(fixture, token);

            client.awaitEnd(); // while a blocking servlet still blocks
            assertThat(stream.send("data: third\n\n")).as("%s %s", method, cause).isFalse();
            if (kind == Kind.ASYNC || kind == Kind.ASYNC_OUTPUT) {
              stream.async.complete(); // which is ignored
            }
            stream.release();
            assertThat(stream.returned.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(client.received()).startsWith("HTTP/1.1 200").doesNotContain("third");
          }
          assertThat(fixture.ended(cause.reason)).as("%s", cause).isEqualTo(endedBefore + 1);
          fixture.awaitNoStreams();
        }
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("containersAndKinds")
  void othersStreamsGoOn(Container container, Kind kind) throws Exception {
    StreamServlet servlet = new StreamServlet(kind);
    try (StreamFixture fixture = new StreamFixture(container, servlet, directory)) {
      respondAlice(fixture);
      try (var client = fixture.new Connection("POST", Secrets.token())) {
        Stream stream = servlet.next();
        fixture.filter.cache().evictToken(Secrets.token());
        fixture.filter.cache().evictUser("bob");
        fixture.filter.cache().evictUser("https://other.example", "alice");
        fixture.filter.cache().evictClient("reader");
        fixture.clock.advance(HOUR.minusSeconds(1));

        assertThat(stream.send("data: second\n\n")).isTrue();
        client.await("data: second");
        stream.release();
        if (kind == Kind.ASYNC || kind == Kind.ASYNC_OUTPUT) {
          stream.async.complete();
        }
        client.awaitEnd();
      }
      fixture.awaitNoStreams();
    }
  }
}
