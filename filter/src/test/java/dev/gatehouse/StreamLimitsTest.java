package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.StreamServlet.Kind;
import dev.gatehouse.StreamServlet.Stream;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.BadResponses;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.Secrets;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What does not end a stream, what ends it in a race, and what streams cost. */
class StreamLimitsTest {

  private static final Duration MINUTES = Duration.ofMinutes(2);

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  @Test
  @LogsWarning(maybe = {"circuit breaker", "introspection", "as_"})
  void anUnavailableAuthorizationServerEndsNoStream() throws Exception {
    StreamServlet servlet = new StreamServlet(Kind.ASYNC);
    try (StreamFixture fixture =
        new StreamFixture(
            Container.JETTY_64,
            servlet,
            directory,
            settings -> settings.breakerWait(Duration.ZERO).cacheTtl(Duration.ZERO))) {
      try (var client = fixture.new Connection("GET", Secrets.token())) {
        Stream stream = servlet.next();
        for (String failure : List.of("cuts off", "500", "empty 200")) {
          fixture.as.introspection(
              failure.equals("cuts off")
                  ? BadResponses.named(failure)
                  : json(failure.equals("500") ? 500 : 200, ""));
          fixture.as.clearRequests();
          fixture.clock.advance(MINUTES);
          Await.until("a recheck", () -> !fixture.as.introspectionRequests().isEmpty());
        }
        fixture.respondActive("");
        fixture.as.clearRequests();
        fixture.clock.advance(MINUTES);
        Await.until("a recheck", () -> !fixture.as.introspectionRequests().isEmpty());
        assertThat(stream.send("data: still open\n\n")).isTrue();
        client.await("still open");

        fixture.as.introspection(json(200, "{\"active\":false}"));
        fixture.clock.advance(MINUTES);
        client.awaitEnd();
      }
      assertThat(fixture.ended("inactive")).isEqualTo(1);
    }
  }

  @Test
  void streamsAreNotCheckedAgainIfThatIsTurnedOff() throws Exception {
    StreamServlet servlet = new StreamServlet(Kind.ASYNC);
    try (StreamFixture fixture =
        new StreamFixture(
            Container.JETTY_64,
            servlet,
            directory,
            settings -> settings.streamRecheck(Duration.ZERO))) {
      long expiry = fixture.clock.instant().plus(Duration.ofHours(1)).getEpochSecond();
      fixture.respondActive("\"exp\":" + expiry);
      try (var client = fixture.new Connection("GET", Secrets.token())) {
        Stream stream = servlet.next();
        fixture.as.introspection(json(200, "{\"active\":false}"));
        fixture.as.clearRequests();
        fixture.clock.advance(Duration.ofMinutes(59));
        assertThat(stream.send("data: still open\n\n")).isTrue();
        client.await("still open");
        fixture.clock.advance(MINUTES);
        client.awaitEnd();
        assertThat(fixture.as.introspectionRequests()).isEmpty();
      }
    }
  }

  /** Opens its stream when the test says so, long after the admission. */
  private static final class LateServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    final transient CountDownLatch admitted = new CountDownLatch(1);
    final transient CountDownLatch opening = new CountDownLatch(1);

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      admitted.countDown();
      try {
        assertThat(opening.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      var async = request.startAsync();
      async.setTimeout(0);
      response.setContentType("text/event-stream");
      response.getWriter().print("data: secret\n\n");
      response.getWriter().flush();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void anEvictionBetweenAdmissionAndStreamEndsIt(Container container) throws Exception {
    for (boolean evicts : List.of(true, false)) {
      LateServlet servlet = new LateServlet();
      try (StreamFixture fixture = new StreamFixture(container, servlet, directory)) {
        long expiry = fixture.clock.instant().plus(MINUTES).getEpochSecond();
        fixture.respondActive("\"exp\":" + expiry);
        String token = Secrets.token();
        try (var client = fixture.new Connection("POST", token)) {
          assertThat(servlet.admitted.await(60, TimeUnit.SECONDS)).isTrue();
          if (evicts) {
            fixture.filter.cache().evictToken(token);
          } else {
            fixture.clock.advance(MINUTES);
          }
          servlet.opening.countDown();

          client.awaitEmpty();
          assertThat(client.received()).doesNotContain("secret");
        }
        fixture.awaitNoStreams();
      }
    }
  }

  @Test
  void anOpenStreamKeepsItsSessionInUse() throws Exception {
    StreamServlet servlet = new StreamServlet(Kind.ASYNC);
    HttpServlet issuing =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          public void service(
              jakarta.servlet.ServletRequest request, jakarta.servlet.ServletResponse response)
              throws IOException, jakarta.servlet.ServletException {
            if (((HttpServletRequest) request).getHeader("X-Plain") != null) {
              ((HttpServletResponse) response).setHeader("Mcp-Session-Id", "the-session");
            }
            servlet.service(request, response);
          }
        };
    try (StreamFixture fixture =
        new StreamFixture(
            Container.JETTY_64,
            issuing,
            directory,
            settings -> settings.sessionIdle(Duration.ofHours(1)).cacheTtl(Duration.ZERO))) {
      fixture.respondActive(StreamFixture.tokenOf("alice", "editor"));
      String token = Secrets.token();
      try (var first = fixture.new Connection("POST", token, "X-Plain: 1")) {
        first.await("{}");
      }
      try (var client = fixture.new Connection("GET", token, "Mcp-Session-Id: the-session")) {
        servlet.next();
        for (int i = 0; i < 4; i++) {
          fixture.as.clearRequests();
          fixture.clock.advance(Duration.ofMinutes(20)); // a recheck is due, too
          Await.until("a sweep", () -> !fixture.as.introspectionRequests().isEmpty());
        }
        try (var second =
            fixture.new Connection("POST", token, "X-Plain: 1", "Mcp-Session-Id: the-session")) {
          second.await("{}");
          assertThat(second.received()).startsWith("HTTP/1.1 200");
        }
        fixture.filter.cache().evictAll();
        client.awaitEnd();
      }
    }
  }

  private static long streamThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("gatehouse-stream"))
        .count();
  }

  @Test
  void aThousandStreamsNeedNoThreadsOfTheirOwn() throws Exception {
    StreamServlet servlet = new StreamServlet(Kind.ASYNC);
    try (StreamFixture fixture = new StreamFixture(Container.JETTY_64, servlet, directory)) {
      List<StreamFixture.Connection> clients = new ArrayList<>();
      try {
        for (int i = 0; i < 1_000; i++) {
          clients.add(fixture.new Connection("GET", "abc" + i % 10));
          servlet.next();
        }
        assertThat(fixture.openStreams()).isEqualTo(1_000);
        assertThat(streamThreads()).isLessThanOrEqualTo(1);

        fixture.filter.cache().evictToken("abc3");
        for (int i = 3; i < 1_000; i += 10) {
          clients.get(i).awaitEnd();
        }
        Await.until("the others are left", () -> fixture.openStreams() == 900);
        fixture.filter.cache().evictAll();
        for (int i = 0; i < 1_000; i += 7) {
          clients.get(i).awaitEnd();
        }
        assertThat(streamThreads()).isLessThanOrEqualTo(5);
        fixture.awaitNoStreams();
      } finally {
        for (var client : clients) {
          client.close();
        }
      }
    }
  }

  @Test
  void theFilterEndsItsStreamsWhenItStops() throws Exception {
    StreamServlet servlet = new StreamServlet(Kind.ASYNC);
    try (StreamFixture fixture = new StreamFixture(Container.JETTY_64, servlet, directory);
        var client = fixture.new Connection("GET", Secrets.token())) {
      Stream stream = servlet.next();
      fixture.filter.destroy();
      client.awaitEnd();
      assertThat(stream.send("data: more\n\n")).isFalse();
    }
  }
}
