package dev.gatehouse;

import dev.gatehouse.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.FakeAuthorizationServer.Question;
import dev.gatehouse.Verdict.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An introspection endpoint with its circuit breaker, without a cache; the test sets the clock. */
final class AskedEndpoint implements AutoCloseable {

  /** Longer than any test, so that the test's clock decides and not the timer. */
  static final Duration WAIT = Duration.ofMinutes(4);

  final TurnedClock clock = new TurnedClock(GuardedServer.NOW);
  final FakeAuthorizationServer as;
  private final BoundedHttpClient http;
  private final ProbeExecutor probes = new ProbeExecutor();
  private final Introspector introspector;

  AskedEndpoint() {
    this(WAIT, Duration.ofSeconds(20));
  }

  private AskedEndpoint(Duration breakerWait, Duration requestTimeout) {
    this(breakerWait, requestTimeout, null);
  }

  private AskedEndpoint(
      Duration breakerWait, Duration requestTimeout, @Nullable InstantSource realClock) {
    try {
      as = new FakeAuthorizationServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Settings settings =
        Settings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientId("mcp-filter")
            .clientSecret(Secrets.CLIENT_SECRET)
            .breakerWait(breakerWait)
            .requestTimeout(requestTimeout)
            .build();
    http = new BoundedHttpClient(settings);
    introspector =
        Steps.introspector(
            settings.servers.get(0), settings, http, probes, realClock == null ? clock : realClock);
  }

  /** Closes this one and returns another. */
  AskedEndpoint anew(Duration breakerWait, Duration requestTimeout) {
    close();
    return new AskedEndpoint(breakerWait, requestTimeout);
  }

  /** Closes this one and returns another, with a clock that goes by itself. */
  AskedEndpoint anewInRealTime(Duration breakerWait) {
    close();
    return new AskedEndpoint(
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

  Verdict ask() {
    return askAbout(Secrets.token());
  }

  void ask(int times) {
    for (int i = 0; i < times; i++) {
      ask();
    }
  }

  Verdict askAbout(String token) {
    return introspector.introspect(new BearerToken(token));
  }

  /** A call that must be refused. */
  Unavailable refused() {
    return (Unavailable) ask();
  }

  static boolean isProbe(Question question) {
    return !question.parameter("token").startsWith(Secrets.MARKER);
  }

  /** How the server responds to probes and to callers. */
  void behave(Behaviour toProbes, Behaviour toCallers) {
    as.introspections(question -> isProbe(question) ? toProbes : toCallers);
  }

  List<Question> probes() {
    return as.introspections().stream().filter(AskedEndpoint::isProbe).toList();
  }

  List<Question> callersRequests() {
    return as.introspections().stream().filter(question -> !isProbe(question)).toList();
  }

  @Override
  public void close() {
    probes.close();
    as.close();
    http.close();
    probes.awaitTermination();
  }
}
