package dev.gatehouse.internal.http;

import static dev.gatehouse.internal.http.HttpExchanges.LONG;
import static dev.gatehouse.internal.http.HttpExchanges.OK;
import static dev.gatehouse.internal.http.HttpExchanges.client;
import static dev.gatehouse.internal.http.HttpExchanges.post;
import static dev.gatehouse.internal.http.HttpExchanges.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gatehouse.testing.ClosedPort;
import dev.gatehouse.testing.Faults;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawAuthorizationServer;
import dev.gatehouse.testing.RawAuthorizationServer.Behaviour;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the client reports responses that are too slow, too large or cut off. */
class FailedExchangesTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private RawAuthorizationServer as;

  @BeforeEach
  void start() throws Exception {
    as = new RawAuthorizationServer(RawAuthorizationServer.text(OK));
  }

  @AfterEach
  void stop() throws Exception {
    as.close();
  }

  private IOException failure(Behaviour behaviour, Duration requestTimeout) {
    as.setBehaviour(behaviour);
    try (var client = client(requestTimeout, 64)) {
      return catchThrowableOfType(IOException.class, () -> post(client, as.origin()));
    }
  }

  static Stream<Arguments> lostBeforeTheResponse() {
    return Stream.of(
        Arguments.of("closes", RawAuthorizationServer.text("")),
        Arguments.of("resets", (Behaviour) Faults::reset),
        Arguments.of("resets in the status line", Faults.then("HTTP/1.1 2", Faults::reset)),
        Arguments.of("closes in the head", RawAuthorizationServer.text("HTTP/1.1 200 OK\r\nX")));
  }

  @ParameterizedTest(name = "it {0}")
  @MethodSource("lostBeforeTheResponse")
  void aConnectionLostBeforeTheResponseIsReported(String description, Behaviour behaviour) {
    assertThat(failure(behaviour, LONG)).isInstanceOf(NoResponseException.class);
    assertThat(as.requests()).as("not repeated, since the connection was new").hasSize(1);
  }

  static Stream<Arguments> lostInTheBody() {
    String head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    return Stream.of(
        Arguments.of("closes before the body", RawAuthorizationServer.text(head)),
        Arguments.of("resets in the body", Faults.then(head + "{", Faults::reset)));
  }

  @ParameterizedTest(name = "it {0}")
  @MethodSource("lostInTheBody")
  void aResponseThatIsCutOffIsReportedAsAnotherFailure(String description, Behaviour behaviour) {
    assertThat(failure(behaviour, LONG))
        .isNotNull()
        .isNotInstanceOf(NoResponseException.class)
        .matches(e -> !BoundedHttpClient.isTimeout(e));
    assertThat(as.requests()).hasSize(1);
  }

  @Test
  void aRefusedConnectionIsReportedAsNoResponse() throws Exception {
    try (var port = new ClosedPort();
        var client = client(LONG, 64)) {
      assertThatThrownBy(() -> post(client, port.origin()))
          .isInstanceOf(NoResponseException.class)
          .matches(e -> !BoundedHttpClient.isTimeout((IOException) e));
    }
  }

  static Stream<Arguments> slow() {
    return Stream.of(
        Arguments.of((Behaviour) Faults::hang),
        Arguments.of((Behaviour) Faults::trickle),
        Arguments.of(Faults.then("HTTP/1.1 200 OK\r\nX:", Faults::trickle)),
        Arguments.of(Faults.then("HTTP/1.1 200 OK\r\n\r\n", Faults::trickle)),
        Arguments.of(Faults.then(OK.replace(": 2", ": 99999"), Faults::trickle)));
  }

  @ParameterizedTest
  @MethodSource("slow")
  void theTimeLimitAppliesToTheWholeExchangeAndFreesItsConnection(Behaviour slow) throws Exception {
    as.setBehaviour(slow);

    assertThreeTimeouts(as.origin());
    assertThat(as.requests()).as("never sent again").hasSizeLessThanOrEqualTo(3);
  }

  static Stream<Arguments> slowHandshakes() {
    return Stream.of(
        Arguments.of("no handshake", (Behaviour) Faults::hang),
        Arguments.of(
            "a record byte by byte",
            Faults.then("\u0016\u0003\u0003\u0010\u0000", Faults::trickle)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("slowHandshakes")
  void theTimeLimitAppliesToTheTlsHandshake(String description, Behaviour slow) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    as.onConnect(
        socket -> {
          connected.countDown();
          slow.respond(socket);
        });

    assertThreeTimeouts(as.origin().replace("http", "https"));
    assertThat(connected.await(60, TimeUnit.SECONDS)).isTrue();
  }

  private static void assertThreeTimeouts(String origin) {
    try (var client = client(Duration.ofMillis(200), 1)) {
      for (int i = 0; i < 3; i++) {
        IOException failure = catchThrowableOfType(IOException.class, () -> post(client, origin));
        assertThat(failure).matches(BoundedHttpClient::isTimeout, "is a time-out");
      }
    }
  }

  @Test
  void theTimeLimitIncludesTheWaitForAConnection() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    as.setBehaviour(
        socket -> {
          arrived.countDown();
          Faults.hang(socket);
        });
    try (var client = client(LONG, 1)) {
      FutureTask<?> first = new FutureTask<>(() -> post(client, as.origin()));
      new Thread(first).start();
      assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
      IOException failure =
          catchThrowableOfType(
              IOException.class,
              () -> client.send(request(as.origin()), Deadline.in(Duration.ofMillis(200))));
      assertThat(failure).matches(BoundedHttpClient::isTimeout, "is a time-out");
      as.close();
      assertThatThrownBy(first::get).hasCauseInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 10485760", "X: until it closes"})
  void aBodyOfTenMegabytesIsReportedAsOversized(String header) {
    Behaviour large = Faults.then("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n", Faults.endless(" "));

    assertThat(failure(large, LONG)).isInstanceOf(UnusableBodyException.class);
  }

  @Test
  void anEndlessHeadIsReportedAsNoResponse() {
    assertThat(failure(Faults.then("HTTP/1.1 200 OK\r\n", Faults.endless("A: b\r\n")), LONG))
        .isInstanceOf(NoResponseException.class);
    assertThat(failure(Faults.then("HTTP/1.1 200 OK\r\nA:", Faults.endless("b")), LONG))
        .isInstanceOf(NoResponseException.class);
  }

  @Test
  void a200ResponseThatIsNotUtf8IsReported() {
    Behaviour latin1 = RawAuthorizationServer.text(OK.replace("{}", "\u00e4\u00e4"));

    assertThat(failure(latin1, LONG)).isInstanceOf(CharacterCodingException.class);
  }
}
