package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.Faults;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawAuthorizationServer;
import dev.gatehouse.testing.RawAuthorizationServer.Behaviour;
import dev.gatehouse.testing.Secrets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which failed introspection requests are sent again, all within the time limit. */
class RetryTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private static final Duration LONG = Duration.ofMinutes(5);

  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";

  private static final Behaviour INACTIVE =
      RawAuthorizationServer.text(HEAD + "Content-Length: 16\r\n\r\n{\"active\":false}");

  private static final Behaviour NOTHING = RawAuthorizationServer.text("");

  private final ProbeExecutor probes = new ProbeExecutor();
  private RawAuthorizationServer as;
  private @Nullable BoundedHttpClient http;

  @BeforeEach
  void start() throws Exception {
    as = new RawAuthorizationServer(INACTIVE);
  }

  @AfterEach
  void stop() throws Exception {
    probes.close(); // the probe after a requested pause would log a transition after the test
    as.close();
    if (http != null) {
      http.close();
    }
  }

  private Introspector introspector(Duration requestTimeout) {
    http = Introspectors.client(Duration.ofSeconds(2), requestTimeout, 64);
    return Introspectors.at(
        as.origin() + "/introspect",
        new CircuitBreakerSettings(Duration.ZERO, requestTimeout),
        http,
        probes,
        InstantSource.system());
  }

  private VerificationResult introspect(Duration requestTimeout) {
    return introspector(requestTimeout).introspect(new BearerToken(Secrets.token()));
  }

  private Reason unavailableReason(Duration requestTimeout) {
    return ((VerificationResult.Unavailable) introspect(requestTimeout)).reason();
  }

  /** Each behaviour responds to one request; the last one to all that follow. */
  private static Behaviour inTurn(Behaviour... behaviours) {
    AtomicInteger turn = new AtomicInteger();
    return socket ->
        behaviours[Math.min(turn.getAndIncrement(), behaviours.length - 1)].respond(socket);
  }

  static Stream<Arguments> failuresBeforeTheResponse() {
    return Stream.of(
        Arguments.of("closes without a response", NOTHING),
        Arguments.of("resets the connection", (Behaviour) Faults::reset));
  }

  @ParameterizedTest(name = "it {0}")
  @MethodSource("failuresBeforeTheResponse")
  void aRequestWithoutAResponseIsSentOnceMore(String description, Behaviour failure) {
    as.setBehaviour(inTurn(failure, INACTIVE));

    assertThat(introspect(LONG)).isInstanceOf(VerificationResult.Inactive.class);
    assertThat(as.requests()).hasSize(2);
    assertThat(as.requests().get(1)).isEqualTo(as.requests().get(0));
  }

  @ParameterizedTest(name = "it {0}")
  @MethodSource("failuresBeforeTheResponse")
  void aRequestWithoutAResponseIsSentAtMostTwice(String description, Behaviour failure) {
    as.setBehaviour(inTurn(failure, failure, INACTIVE));

    assertThat(unavailableReason(LONG)).isEqualTo(Reason.AS_UNREACHABLE);
    assertThat(as.requests()).hasSize(2);
  }

  static Stream<Arguments> badResponses() {
    return Stream.of(
        Arguments.of("closes in the body", HEAD + "Content-Length: 500\r\n\r\n{"),
        Arguments.of("truncates the body", HEAD + "\r\n{\"active\":"),
        Arguments.of("sends no JSON", HEAD + "Content-Length: 2\r\n\r\nno"),
        Arguments.of("sends a bad chunk", HEAD + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{\r\n"),
        Arguments.of("sends 400", "HTTP/1.1 400 X\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("sends 401", "HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("sends 429", "HTTP/1.1 429 X\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("sends 500", "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("sends 503", "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"));
  }

  @ParameterizedTest(name = "it {0}")
  @MethodSource("badResponses")
  void aRequestWithABadResponseIsNotSentAgain(String description, String response) {
    if (description.equals("sends 429")) {
      log.announce("as_overloaded");
    }
    as.setBehaviour(inTurn(RawAuthorizationServer.text(response), INACTIVE));

    assertThat(introspect(LONG)).isInstanceOf(VerificationResult.Unavailable.class);
    assertThat(as.requests()).hasSize(1);
  }

  @Test
  void aRequestThatTimesOutIsNotSentAgain() {
    as.setBehaviour(Faults::hang);
    Introspector introspector = introspector(Duration.ofMillis(300));

    do { // the time may be over before the request is sent
      assertThat(introspector.introspect(new BearerToken(Secrets.token())))
          .isInstanceOfSatisfying(
              VerificationResult.Unavailable.class,
              v -> assertThat(v.reason()).isEqualTo(Reason.AS_TIMEOUT));
    } while (as.requests().isEmpty());
    assertThat(as.requests()).doesNotHaveDuplicates();
  }

  @Test
  void theSecondAttemptHasTheRemainingTimeOfTheFirst() {
    as.setBehaviour(inTurn(NOTHING, Faults::hang));

    // That it ends proves the time limit, since the server never responds.
    assertThat(unavailableReason(Duration.ofMillis(500))).isEqualTo(Reason.AS_TIMEOUT);
    assertThat(as.requests()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void afterTheDeadlineNoRequestIsSent() throws Exception {
    Introspector introspector = introspector(LONG);

    assertThat(
            introspector
                .availability()
                .endpoints()
                .get(0)
                .introspect(new BearerToken(Secrets.token()), Deadline.in(Duration.ZERO)))
        .isInstanceOfSatisfying(
            VerificationResult.Unavailable.class,
            v -> assertThat(v.reason()).isEqualTo(Reason.AS_TIMEOUT));
    assertThat(as.requests()).isEmpty();
  }

  @Test
  void anInterruptedCallerGetsTheReasonInterrupted() {
    Thread.currentThread().interrupt();
    try {
      VerificationResult result = introspector(LONG).introspect(new BearerToken(Secrets.token()));

      assertThat(((VerificationResult.Unavailable) result).reason()).isEqualTo(Reason.INTERRUPTED);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(as.requests()).isEmpty();
  }

  @Test
  void aDeadlineIsDividedIntoEqualShares() {
    Deadline whole = Deadline.in(Duration.ofHours(3));

    assertThat(whole.share(3).limit()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
    assertThat(whole.share(1)).isEqualTo(whole);
    assertThat(Deadline.in(Duration.ofMillis(-5)).left()).isZero();
  }
}
