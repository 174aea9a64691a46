package dev.gatehouse;

import dev.gatehouse.Verdict.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** An introspection endpoint, asked without a cache, and a clock that the test turns. */
final class AskedEndpoint implements AutoCloseable {

  final TurnedClock clock = new TurnedClock(GuardedServer.NOW);
  final FakeAuthorizationServer as;
  private final BoundedHttpClient http;
  private final Introspector introspector;

  AskedEndpoint() {
    this(Duration.ofSeconds(5), Duration.ofSeconds(20));
  }

  private AskedEndpoint(Duration breakerWait, Duration requestTimeout) {
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
    introspector = new Introspector(settings.servers.get(0), settings, http, clock);
  }

  /** Closes this one and gives another. */
  AskedEndpoint anew(Duration breakerWait, Duration requestTimeout) {
    close();
    return new AskedEndpoint(breakerWait, requestTimeout);
  }

  EndpointCircuitBreaker breaker() {
    return introspector.endpoints().get(0);
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

  /** Asks, and is told that there is no answer. */
  Unavailable refused() {
    return (Unavailable) ask();
  }

  @Override
  public void close() {
    as.close();
    http.close();
  }
}
