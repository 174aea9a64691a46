package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The values of each meter and observation of {@link GatehouseMetrics}. */
class MetricsTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private GuardedServer guarded;
  private Meters meters;

  @BeforeEach
  void start() throws Exception {
    guarded = new GuardedServer(Map.of());
    meters = new Meters(guarded.filter);
  }

  @AfterEach
  void stop() throws Exception {
    guarded.close();
  }

  private void restart(Map<String, String> changed) throws Exception {
    guarded = guarded.restartedWith(changed);
    meters = new Meters(guarded.filter);
  }

  private long introspections(String outcome) {
    return meters.registry.get("gatehouse.introspections").tag("outcome", outcome).timer().count();
  }

  @Test
  void requestsAreCountedByOutcomeAndReason() throws Exception {
    guarded.server.get("/mcp");
    guarded.status(Secrets.token());
    guarded.respondActive("");
    String token = Secrets.token();
    guarded.status(token);
    guarded.status(token);
    guarded.respondActive("\"exp\":1");
    guarded.status(Secrets.token());
    guarded.server.get("/.well-known/oauth-protected-resource/mcp"); // not counted

    assertThat(meters.count("gatehouse.requests", "outcome", "admitted", "reason", "none"))
        .isEqualTo(2);
    for (String reason : List.of("no_credentials", "inactive", "expired")) {
      assertThat(meters.count("gatehouse.requests", "outcome", "refused", "reason", reason))
          .isEqualTo(1);
    }
    assertThat(
            meters.registry.find("gatehouse.requests").functionCounters().stream()
                .mapToDouble(counter -> counter.count())
                .sum())
        .isEqualTo(5);
  }

  @Test
  void introspectionsAreTimedByServerAndOutcome() throws Exception {
    log.announce("refused: reason=as_answer");
    HeldResponse active = new HeldResponse(json(200, guarded.activeResponse("")));
    guarded.as.introspection(active);
    long begin = System.nanoTime();
    var pending = guarded.statusInBackground(Secrets.token());
    active.awaitRequests(1);
    long arrived = System.nanoTime();
    guarded.server.get("/mcp"); // takes a measurable time
    long atLeast = System.nanoTime() - arrived;
    active.release();
    pending.get(60, TimeUnit.SECONDS);
    long atMost = System.nanoTime() - begin;
    guarded.respondInactive();
    guarded.status(Secrets.token());
    guarded.status(Secrets.token());
    guarded.as.introspection(json(500, "{}"));
    guarded.status(Secrets.token());

    assertThat(introspections("active")).isEqualTo(1);
    assertThat(introspections("inactive")).isEqualTo(2);
    assertThat(introspections("unavailable")).isEqualTo(1);
    var timer =
        meters
            .registry
            .get("gatehouse.introspections")
            .tags("server", "the authorization server", "outcome", "active")
            .timer();
    assertThat((long) timer.totalTime(TimeUnit.NANOSECONDS)).isBetween(atLeast, atMost);
    assertThat(timer.max(TimeUnit.NANOSECONDS)).isPositive();
  }

  @Test
  void cacheHitsMissesSizeAndEvictionsAreCounted() throws Exception {
    guarded.respondActive("");
    String token = Secrets.token();
    guarded.status(token);
    guarded.status(token);
    guarded.status(token);
    guarded.respondInactive();
    String inactive = Secrets.token();
    guarded.status(inactive);
    guarded.status(inactive);

    assertThat(meters.count("gatehouse.cache.gets", "result", "miss")).isEqualTo(2);
    assertThat(meters.count("gatehouse.cache.gets", "result", "hit")).isEqualTo(3);
    assertThat(meters.gauge("gatehouse.cache.size")).isEqualTo(2);
    assertThat(meters.count("gatehouse.evictions")).isZero();

    guarded.filter.cache().evictToken(token);
    assertThat(meters.gauge("gatehouse.cache.size")).isEqualTo(1);
    assertThat(meters.count("gatehouse.evictions")).isEqualTo(1);
  }

  @Test
  void staleResultsAreCounted() throws Exception {
    restart(Map.of("stale-while-unavailable", "5m"));
    log.announce("stale result used");
    guarded.respondActive("");
    String token = Secrets.token();
    guarded.status(token);
    assertThat(meters.count("gatehouse.stale.served")).isZero();

    guarded.clock.advance(Duration.ofMinutes(1));
    guarded.as.close();
    assertThat(guarded.status(token)).isEqualTo(200);
    assertThat(meters.count("gatehouse.stale.served")).isEqualTo(1);
  }

  private boolean isLogged(String part) {
    return log.messages("WARN").stream().anyMatch(line -> line.contains(part));
  }

  @Test
  void theBreakerGaugeShowsOpenHalfOpenAndClosed() throws Exception {
    assertThat(meters.gauge("gatehouse.breaker.state")).isZero();
    log.announce("refused: reason=as_");
    log.announce("circuit breaker open for ");
    guarded.respondInactive();
    guarded.filter.selfTest(); // its probe succeeds, so that later ones are conclusive
    guarded.as.introspection(json(500, "{}"));
    for (int i = 0; i < 5; i++) {
      guarded.status(Secrets.token());
    }
    Await.until("open", () -> isLogged("circuit breaker open for "));
    assertThat(meters.gauge("gatehouse.breaker.state")).isEqualTo(2);

    log.announce("circuit breaker closed: ");
    HeldResponse held = new HeldResponse(json(200, "{\"active\":false}"));
    guarded.as.introspection(held);
    guarded.clock.advance(Duration.ofSeconds(5));
    guarded.status(Secrets.token());
    held.awaitRequests(1);
    assertThat(meters.gauge("gatehouse.breaker.state")).isEqualTo(1);
    held.release();
    Await.until("closed", () -> isLogged("circuit breaker closed: "));
    assertThat(meters.gauge("gatehouse.breaker.state")).isZero();
  }

  @Test
  void waitingForAPermitIsGaugedAndTimed() throws Exception {
    restart(Map.of("max-concurrent-introspections", "1", "self-test", "false"));
    HeldResponse active = new HeldResponse(json(200, guarded.activeResponse("")));
    guarded.as.introspection(active);
    var one = guarded.statusInBackground(Secrets.token());
    active.awaitRequests(1);
    Deque<Future<Integer>> others = new ArrayDeque<>();
    others.add(guarded.statusInBackground(Secrets.token()));
    Await.until(
        "one request waits for a permit",
        () -> {
          if (others.getLast().isDone()) { // its second of waiting was over too early
            log.announce("reason=busy");
            others.add(guarded.statusInBackground(Secrets.token()));
          }
          return meters.gauge("gatehouse.bulkhead.waiting") > 0;
        });
    active.release();
    one.get(60, TimeUnit.SECONDS);
    others.getLast().get(60, TimeUnit.SECONDS);

    assertThat(meters.gauge("gatehouse.bulkhead.waiting")).isZero();
    assertThat(meters.registry.get("gatehouse.bulkhead.wait").timer().count())
        .isEqualTo(1 + others.size());
  }

  @Test
  void anIntrospectionIsAnObservationWithServerOutcomeAndReason() throws Exception {
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(meters.registry));
    new GatehouseMetrics(guarded.filter).observe(observations);
    log.announce("refused: reason=as_answer");

    guarded.respondActive("");
    String token = Secrets.token();
    guarded.status(token);
    guarded.status(token); // from the cache: no introspection
    guarded.respondInactive();
    guarded.status(Secrets.token());
    guarded.as.introspection(json(500, "{}"));
    guarded.status(Secrets.token());

    assertThat(meters.registry.find("gatehouse.introspection").timers())
        .map(
            timer ->
                timer.count()
                    + timer.getId().getTags().stream()
                        .map(tag -> " " + tag.getKey() + "=" + tag.getValue())
                        .collect(Collectors.joining()))
        .containsExactlyInAnyOrder(
            "1 error=none outcome=active reason=none server=the authorization server",
            "1 error=none outcome=inactive reason=inactive server=the authorization server",
            "1 error=none outcome=unavailable reason=as_answer server=the authorization server");
  }
}
