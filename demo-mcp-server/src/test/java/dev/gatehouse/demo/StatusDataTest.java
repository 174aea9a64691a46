package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The conversion of meters to the data of the status page. */
class StatusDataTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void withoutMetersEverythingIsZero() {
    assertThat(StatusData.of(registry))
        .isEqualTo(
            new StatusData(
                0,
                0,
                new StatusData.Requests(0, 0, Map.of()),
                new StatusData.Cache(0, 0, 0),
                new StatusData.Introspections(0, 0, 0, Map.of()),
                Map.of()));
  }

  @Test
  void requestsAreAddedUpByOutcomeAndRefusalsByReason() {
    registry.counter("gatehouse.requests", "outcome", "admitted", "reason", "none").increment(7);
    registry.counter("gatehouse.requests", "outcome", "refused", "reason", "scope").increment(2);
    // The filter keeps its own counters, which the registry only reads.
    FunctionCounter.builder("gatehouse.requests", this, any -> 3)
        .tags("outcome", "refused", "reason", "expired")
        .register(registry);

    assertThat(StatusData.of(registry).requests())
        .isEqualTo(new StatusData.Requests(7, 5, Map.of("scope", 2L, "expired", 3L)));
  }

  @Test
  void introspectionsOfAllServersAreAddedUp() {
    time("https://a.example", "active", 30);
    time("https://b.example", "active", 50);
    time("https://b.example", "unavailable", 10);

    assertThat(StatusData.of(registry).introspections())
        .isEqualTo(
            new StatusData.Introspections(3, 90, 50, Map.of("active", 2L, "unavailable", 1L)));
  }

  @Test
  void breakerStatesAreWordsByEndpoint() {
    breaker("https://a.example/introspect", 0);
    breaker("https://b.example/introspect", 1);
    breaker("https://c.example/introspect", 2);

    assertThat(StatusData.of(registry).breakers())
        .containsExactly(
            Map.entry("https://a.example/introspect", "closed"),
            Map.entry("https://b.example/introspect", "half open"),
            Map.entry("https://c.example/introspect", "open"));
  }

  private void time(String server, String outcome, long millis) {
    registry
        .timer("gatehouse.introspections", "server", server, "outcome", outcome)
        .record(Duration.ofMillis(millis));
  }

  private void breaker(String endpoint, int state) {
    Gauge.builder("gatehouse.breaker.state", () -> state)
        .tag("endpoint", endpoint)
        .register(registry);
  }
}
