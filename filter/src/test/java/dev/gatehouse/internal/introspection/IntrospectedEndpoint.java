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

/** An introspection endpoint with a circuit breaker and a manual clock, without a cache. */
final class IntrospectedEndpoint implements AutoCloseable {

  /** Longer than any test, so that the manual clock ends a wait and the timer does not. */
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
    // Since this probe succeeds, those that fail later are conclusive.
    as.introspection(FakeAuthorizationServer.json(200, "{\"active\":false}"));
    breaker().sendProbe();
    as.clearRequests();
  }

  /** Closes this endpoint and returns a new one. */
  IntrospectedEndpoint anew(Duration breakerWait, Duration requestTimeout) {
    close();
    return new IntrospectedEndpoint(breakerWait, requestTimeout);
  }

  /** Closes this endpoint and returns a new one with a real clock. */
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

  /** Takes the lock of the circuit breaker, so that the transition has also been logged. */
  private boolean isIn(Class<? extends CircuitState> state) {
    EndpointCircuitBreaker breaker = breaker();
    synchronized (breaker) {
      return state.isInstance(breaker.state());
    }
  }

  void awaitProbes(int count) {
    Await.until(count + " probes", () -> probes().size() >= count);
  }

  VerificationResult introspect() {
    return introspect(Secrets.token());
  }

  void introspect(int times) {
    for (int i = 0; i < times; i++) {
      introspect();
    }
  }

  VerificationResult introspect(String token) {
    return introspector.introspect(new BearerToken(token));
  }

  /** Introspects a new token; the result must be a refusal. */
  Unavailable refused() {
    return (Unavailable) introspect();
  }

  /** Whether a request has a random token, which no test has created. */
  static boolean isProbe(ReceivedRequest request) {
    return !request.parameter("token").startsWith(Secrets.MARKER);
  }

  /** Sets how the server responds to probes and to callers' requests. */
  void setBehaviour(Behaviour toProbes, Behaviour toCallers) {
    as.introspectionResponses(request -> isProbe(request) ? toProbes : toCallers);
  }

  List<ReceivedRequest> probes() {
    return as.introspectionRequests().stream().filter(IntrospectedEndpoint::isProbe).toList();
  }

  List<ReceivedRequest> callersRequests() {
    return as.introspectionRequests().stream().filter(request -> !isProbe(request)).toList();
  }

  @Override
  public void close() {
    probes.close();
    as.close();
    http.close();
    probes.awaitTermination();
  }
}
