package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import dev.gatehouse.RawAuthorizationServer.Behaviour;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers may rely on, over real sockets; what a whole request comes to: ServerFaultsTest. */
class BoundedHttpClientTest {

  private static final String OK =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

  /** Not reached by a test that does what it should. */
  private static final Duration LONG = Duration.ofMinutes(5);

  @RegisterExtension final LogWatch log = new LogWatch();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private RawAuthorizationServer as;

  @BeforeEach
  void start() throws Exception {
    as = new RawAuthorizationServer(RawAuthorizationServer.text(OK));
  }

  @AfterEach
  void stop() throws Exception {
    as.close();
    threads.shutdownNow();
  }

  private static BoundedHttpClient client(Duration requestTimeout, int places) {
    return new BoundedHttpClient(
        Settings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint("https://as.example/introspect")
            .clientAuthMethod("none")
            .connectTimeout(requestTimeout)
            .requestTimeout(requestTimeout)
            .maxConcurrentIntrospections(places)
            .build());
  }

  private static ReadOnlyHTTPResponse post(BoundedHttpClient client, String origin)
      throws IOException {
    return client.send(request(origin), client.deadline());
  }

  private static HTTPRequest request(String origin) {
    HTTPRequest request =
        new HTTPRequest(HTTPRequest.Method.POST, URI.create(origin + "/introspect"));
    request.setHeader("Content-Type", "application/x-www-form-urlencoded");
    request.setBody("token=" + Secrets.token());
    return request;
  }

  private IOException failure(Behaviour behaviour, Duration requestTimeout) {
    as.behave(behaviour);
    try (var client = client(requestTimeout, 64)) {
      return catchThrowableOfType(IOException.class, () -> post(client, as.origin()));
    }
  }

  static Stream<Arguments> lostBeforeAnAnswer() {
    return Stream.of(
        Arguments.of("closes", RawAuthorizationServer.text("")),
        Arguments.of("resets", (Behaviour) Faults::reset),
        Arguments.of("resets in the status line", Faults.then("HTTP/1.1 2", Faults::reset)),
        Arguments.of("closes in the head", RawAuthorizationServer.text("HTTP/1.1 200 OK\r\nX")));
  }

  @ParameterizedTest(name = "it {0}")
  @MethodSource("lostBeforeAnAnswer")
  void aConnectionLostBeforeAnAnswerBeganIsTold(String what, Behaviour behaviour) {
    assertThat(failure(behaviour, LONG)).isInstanceOf(NoAnswerException.class);
    assertThat(as.requests()).as("on a new connection: once").hasSize(1);
  }

  static Stream<Arguments> lostInAnAnswer() {
    String head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    return Stream.of(
        Arguments.of("closes before the body", RawAuthorizationServer.text(head)),
        Arguments.of("resets in the body", Faults.then(head + "{", Faults::reset)));
  }

  @ParameterizedTest(name = "it {0}")
  @MethodSource("lostInAnAnswer")
  void anAnswerThatIsCutOffIsAnotherMatter(String what, Behaviour behaviour) {
    assertThat(failure(behaviour, LONG))
        .isNotNull()
        .isNotInstanceOf(NoAnswerException.class)
        .matches(e -> !BoundedHttpClient.isTimeout(e));
    assertThat(as.requests()).hasSize(1);
  }

  @Test
  void aServerThatIsNotThereHasNotAnswered() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (var client = client(LONG, 64)) {
      assertThatThrownBy(() -> post(client, "http://127.0.0.1:" + port))
          .isInstanceOf(NoAnswerException.class)
          .matches(e -> !BoundedHttpClient.isTimeout((IOException) e));
    }
  }

  static Stream<Arguments> slow() {
    return Stream.of(
        Arguments.of("http", (Behaviour) Faults::hang),
        Arguments.of("http", (Behaviour) Faults::trickle),
        Arguments.of("http", Faults.then("HTTP/1.1 200 OK\r\nX:", Faults::trickle)),
        Arguments.of("http", Faults.then("HTTP/1.1 200 OK\r\n\r\n", Faults::trickle)),
        Arguments.of("http", Faults.then(OK.replace(": 2", ": 99999"), Faults::trickle)),
        // A TLS record that arrives byte by byte, and none at all.
        Arguments.of("https", Faults.then("\u0016\u0003\u0003\u0010\u0000", Faults::trickle)),
        Arguments.of("https", (Behaviour) Faults::hang));
  }

  @ParameterizedTest
  @MethodSource("slow")
  void theTimeLimitHoldsForTheWholeExchangeAndFreesItsConnection(String scheme, Behaviour slow)
      throws Exception {
    as.behave(slow);
    try (var client = client(Duration.ofMillis(200), 1)) {
      for (int i = 0; i < 3; i++) {
        IOException late =
            catchThrowableOfType(
                IOException.class, () -> post(client, as.origin().replace("http", scheme)));
        assertThat(late).matches(BoundedHttpClient::isTimeout, "is a time-out");
      }
      assertThat(as.requests()).as("never sent again").hasSizeLessThanOrEqualTo(3);
    }
  }

  @Test
  void waitingForAConnectionIsPartOfTheTimeLimit() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    as.behave(
        socket -> {
          arrived.countDown();
          Faults.hang(socket);
        });
    try (var client = client(Duration.ofMillis(500), 1)) {
      Future<?> first = threads.submit(() -> post(client, as.origin()));
      arrived.await();
      IOException late = catchThrowableOfType(IOException.class, () -> post(client, as.origin()));
      assertThat(late).matches(BoundedHttpClient::isTimeout, "is a time-out");
      assertThatThrownBy(first::get).hasCauseInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 10485760", "X: until it closes"})
  void aBodyOfTenMegabytesIsTooLarge(String header) {
    Behaviour large = Faults.then("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n", Faults.endless(" "));

    assertThat(failure(large, LONG)).isInstanceOf(OversizedAnswerException.class);
  }

  @Test
  void aHeadOfEndlessLinesIsNoAnswer() {
    assertThat(failure(Faults.then("HTTP/1.1 200 OK\r\n", Faults.endless("A: b\r\n")), LONG))
        .isInstanceOf(NoAnswerException.class);
    assertThat(failure(Faults.then("HTTP/1.1 200 OK\r\nA:", Faults.endless("b")), LONG))
        .isInstanceOf(NoAnswerException.class);
  }

  @Test
  void a200ThatIsNotUtf8IsNotRead() {
    Behaviour latin1 = RawAuthorizationServer.text(OK.replace("{}", "\u00e4\u00e4"));

    assertThat(failure(latin1, LONG)).isInstanceOf(CharacterCodingException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308, 401, 407})
  void noStatusMakesItAskAgainOrElsewhere(int status) throws Exception {
    try (var other = new RawAuthorizationServer(RawAuthorizationServer.text(OK));
        var client = client(LONG, 64)) {
      as.behave(
          RawAuthorizationServer.text(
              """
              HTTP/1.1 %d X\r
              Location: %s/\r
              WWW-Authenticate: Basic realm="x"\r
              Proxy-Authenticate: Basic realm="x"\r
              Content-Length: 0\r
              \r
              """
                  .formatted(status, other.origin())));

      assertThat(post(client, as.origin()).getStatusCode()).isEqualTo(status);
      assertThat(as.requests()).hasSize(1);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void itAsksForNoCompressionSendsNoCookieBackAndSaysNoMoreThanItMust() throws Exception {
    try (var client = client(LONG, 64)) {
      as.behave(RawAuthorizationServer.text(OK.replace("OK\r\n", "OK\r\nSet-Cookie: a=b\r\n")));
      for (int i = 0; i < 2; i++) {
        client.within(client.deadline()).send(request(as.origin()));
      }
    }
    assertThat(as.requests())
        .allSatisfy(
            request ->
                assertThat(request.lines().takeWhile(line -> !line.isEmpty()))
                    .map(line -> line.replaceFirst("[ :].*", "").toLowerCase(Locale.ROOT))
                    .containsExactlyInAnyOrder(
                        "post",
                        "host",
                        "content-type",
                        "content-length",
                        "connection",
                        "user-agent"))
        .hasSize(2);
  }

  @Test
  void aDeadConnectionFromThePoolIsTriedOnceAndThenANewOne() throws Exception {
    List<Integer> served = new ArrayList<>();
    AtomicInteger connections = new AtomicInteger();
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var client = client(LONG, 64)) {
      // Answers one request on each connection and lets the next one arrive before it closes.
      threads.execute(
          () -> {
            while (!listener.isClosed()) {
              try (var socket = listener.accept()) {
                int number = connections.incrementAndGet();
                RawAuthorizationServer.read(socket.getInputStream());
                RawAuthorizationServer.text(OK).answer(socket);
                served.add(number);
                socket.getInputStream().read();
                Faults.reset(socket);
              } catch (IOException | InterruptedException e) {
                return;
              }
            }
          });
      String origin = "http://127.0.0.1:" + listener.getLocalPort();
      for (int i = 0; i < 10; i++) {
        assertThat(client.within(client.deadline()).send(request(origin)).getStatusCode())
            .isEqualTo(200);
      }
    }
    assertThat(served).hasSize(10);
    assertThat(connections).hasValue(10);
  }

  @Test
  void sixtyFourAtOnceShareSixtyFourConnections() throws Exception {
    Set<Object> connections = ConcurrentHashMap.newKeySet();
    try (var server = new FakeAuthorizationServer();
        var client = client(LONG, 64)) {
      server.introspection(
          exchange -> {
            connections.add(exchange.getRemoteAddress());
            FakeAuthorizationServer.json(200, "{}").answer(exchange);
          });
      Callable<Void> asking =
          () -> {
            for (int i = 0; i < 30; i++) {
              assertThat(post(client, server.issuer()).getStatusCode()).isEqualTo(200);
            }
            return null;
          };
      List<Callable<Void>> all = Collections.nCopies(64, asking);
      for (Future<Void> each : threads.invokeAll(all)) {
        each.get();
      }
    }
    assertThat(connections).hasSizeLessThanOrEqualTo(64);
  }

  @Test
  void closingEndsWhatIsUnderWayAndLeavesNoThread() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    as.behave(
        socket -> {
          arrived.countDown();
          Faults.hang(socket);
        });
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    BoundedHttpClient client = client(LONG, 64);
    assertThat(threadsSince(before)).as("the one that keeps the time").isNotEmpty();
    Future<?> asking = threads.submit(() -> post(client, as.origin()));
    arrived.await();

    client.close();

    assertThatThrownBy(asking::get).hasCauseInstanceOf(IOException.class);
    assertThat(threadsSince(before)).isEmpty();
    assertThatThrownBy(() -> post(client, as.origin())).isInstanceOf(IOException.class);
  }

  private static List<Thread> threadsSince(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread) && thread.getName().startsWith("gatehouse"))
        .toList();
  }

  @Test
  void anInterruptedThreadGetsItsAnswerOrAFailureAndStaysInterrupted() throws Exception {
    try (var client = client(LONG, 64)) {
      Thread.currentThread().interrupt();
      try {
        assertThat(post(client, as.origin()).getStatusCode()).isEqualTo(200);
      } catch (IOException e) {
        assertThat(e).matches(late -> !BoundedHttpClient.isTimeout(late));
      }
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
