package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.token.VerificationResult.Unavailable;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.testing.FakeAuthorizationServer.ReceivedRequest;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An introspection endpoint with its circuit breaker, without a cache; the test sets the clock. */
final class IntrospectedEndpoint implements AutoCloseable {

  /** Longer than any test, so that the test's clock decides and not the timer. */
  static final Duration WAIT = Duration.ofMinutes(4);

  final ManualClock clock = new ManualClock(ManualClock.NOW);
  final FakeAuthorizationServer as;
  private final BoundedHttpClient http;
  private final ProbeExecutor probes = new ProbeExecutor();
  private final Introspector introspector;

  IntrospectedEndpoint() {
    this(WAIT, Duration.ofSeconds(20));
  }

  private IntrospectedEndpoint(Duration breakerWait, Duration requestTimeout) {
    this(breakerWait, requestTimeout, null);
  }

  private IntrospectedEndpoint(
      Duration breakerWait, Duration requestTimeout, @Nullable InstantSource realClock) {
    try {
      as = new FakeAuthorizationServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    http = Introspectors.client(Duration.ofSeconds(2), requestTimeout, 64);
    introspector =
        Introspectors.at(
            as.introspectionEndpoint(),
            new CircuitBreakerSettings(breakerWait, requestTimeout),
            http,
            probes,
            realClock == null ? clock : realClock);
  }

  /** Closes this one and returns another. */
  IntrospectedEndpoint anew(Duration breakerWait, Duration requestTimeout) {
    close();
    return new IntrospectedEndpoint(breakerWait, requestTimeout);
  }

  /** Closes this one and returns another, with a clock that goes by itself. */
  IntrospectedEndpoint anewInRealTime(Duration breakerWait) {
    close();
    return new IntrospectedEndpoint(
        breakerWait, Duration.ofMinutes(5), new MonotonicClock(System::nanoTime));
  }

  EndpointCircuitBreaker breaker() {
    return introspector.availability().endpoints().get(0);
  }

  void awaitOpen() {
    Await.until("open", () -> isIn(OpenState.class));
  }

  void awaitClosed() {
    Await.until("closed", () -> isIn(ClosedState.class));
  }

  /** With the lock of the circuit breaker: the transition has been logged, too. */
  private boolean isIn(Class<? extends CircuitState> state) {
    EndpointCircuitBreaker breaker = breaker();
    synchronized (breaker) {
      return state.isInstance(breaker.state());
    }
  }

  void awaitProbes(int count) {
    Await.until(count + " probes", () -> probes().size() >= count);
  }

  VerificationResult ask() {
    return askAbout(Secrets.token());
  }

  void ask(int times) {
    for (int i = 0; i < times; i++) {
      ask();
    }
  }

  VerificationResult askAbout(String token) {
    return introspector.introspect(new BearerToken(token));
  }

  /** A call that must be refused. */
  Unavailable refused() {
    return (Unavailable) ask();
  }

  static boolean isProbe(ReceivedRequest question) {
    return !question.parameter("token").startsWith(Secrets.MARKER);
  }

  /** How the server responds to probes and to callers. */
  void setBehaviour(Behaviour toProbes, Behaviour toCallers) {
    as.introspectionResponses(question -> isProbe(question) ? toProbes : toCallers);
  }

  List<ReceivedRequest> probes() {
    return as.introspectionRequests().stream().filter(IntrospectedEndpoint::isProbe).toList();
  }

  List<ReceivedRequest> callersRequests() {
    return as.introspectionRequests().stream().filter(question -> !isProbe(question)).toList();
  }

  @Override
  public void close() {
    probes.close();
    as.close();
    http.close();
    probes.awaitTermination();
  }
}
