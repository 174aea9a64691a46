package dev.gatehouse;

import static dev.gatehouse.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The meters and observations that {@link GatehouseMetrics} shows. */
class MetricsTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guard(Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    guarded.close();
  }

  private void guard(Map<String, String> settings) throws Exception {
    if (guarded != null) {
      guarded.close();
    }
    guarded = new GuardedServer(settings);
    new GatehouseMetrics(guarded.filter).bindTo(registry);
  }

  private int status(String token) throws Exception {
    return guarded.server.get("/mcp", "Authorization", "Bearer " + token).statusCode();
  }

  private void answerActive(String members) {
    guarded.as.introspection(json(200, guarded.activeAnswer(members)));
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).functionCounter().count();
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  private long introspections(String outcome) {
    return registry.get("gatehouse.introspections").tag("outcome", outcome).timer().count();
  }

  @Test
  void requestsAreCountedByOutcomeAndReason() throws Exception {
    guarded.server.get("/mcp");
    status(Secrets.token());
    answerActive("");
    String good = Secrets.token();
    status(good);
    status(good);
    answerActive("\"exp\":1");
    status(Secrets.token());
    guarded.server.get("/.well-known/oauth-protected-resource/mcp"); // not judged

    assertThat(count("gatehouse.requests", "outcome", "admitted", "reason", "none")).isEqualTo(2);
    for (String reason : List.of("no_credentials", "inactive", "expired")) {
      assertThat(count("gatehouse.requests", "outcome", "refused", "reason", reason)).isEqualTo(1);
    }
    assertThat(
            registry.find("gatehouse.requests").functionCounters().stream()
                .mapToDouble(counter -> counter.count())
                .sum())
        .isEqualTo(5);
  }

  @Test
  void questionsAreTimedByServerAndOutcome() throws Exception {
    log.announce("refused: reason=as_answer");
    guarded.as.introspection(
        exchange -> {
          CountDownLatch never = new CountDownLatch(1);
          try {
            never.await(20, TimeUnit.MILLISECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          json(200, guarded.activeAnswer("")).answer(exchange);
        });
    status(Secrets.token());
    guarded.as.introspection(json(200, "{\"active\":false}"));
    status(Secrets.token());
    status(Secrets.token());
    guarded.as.introspection(json(500, "{}"));
    status(Secrets.token());

    assertThat(introspections("active")).isEqualTo(1);
    assertThat(introspections("inactive")).isEqualTo(2);
    assertThat(introspections("unavailable")).isEqualTo(1);
    var timer =
        registry
            .get("gatehouse.introspections")
            .tags("server", "the authorization server", "outcome", "active")
            .timer();
    assertThat(Duration.ofNanos((long) timer.totalTime(TimeUnit.NANOSECONDS)))
        .isBetween(Duration.ofMillis(20), Duration.ofMinutes(1));
    assertThat(timer.max(TimeUnit.NANOSECONDS)).isPositive();
  }

  @Test
  void theCacheShowsItsHitsMissesSizeAndEvictions() throws Exception {
    answerActive("");
    String token = Secrets.token();
    status(token);
    status(token);
    status(token);
    guarded.as.introspection(json(200, "{\"active\":false}"));
    String bad = Secrets.token();
    status(bad);
    status(bad);

    assertThat(count("gatehouse.cache.gets", "result", "miss")).isEqualTo(2);
    assertThat(count("gatehouse.cache.gets", "result", "hit")).isEqualTo(3);
    assertThat(gauge("gatehouse.cache.size")).isEqualTo(2);
    assertThat(count("gatehouse.evictions")).isZero();

    guarded.filter.cache().evictToken(token);
    assertThat(gauge("gatehouse.cache.size")).isEqualTo(1);
    assertThat(count("gatehouse.evictions")).isEqualTo(1);
  }

  @Test
  void anAnswerThatIsUsedPastItsTimeIsCounted() throws Exception {
    guard(Map.of("stale-while-unavailable", "5m"));
    log.announce("stale answer used");
    answerActive("");
    String token = Secrets.token();
    status(token);
    assertThat(count("gatehouse.stale.served")).isZero();

    guarded.clock.turnBy(Duration.ofMinutes(1));
    guarded.as.close();
    assertThat(status(token)).isEqualTo(200);
    assertThat(count("gatehouse.stale.served")).isEqualTo(1);
  }

  @Test
  void theBreakerShowsThatItIsOpenHalfOpenAndClosedAgain() throws Exception {
    assertThat(gauge("gatehouse.breaker.state")).isZero();
    log.announce("refused: reason=as_");
    log.announce("is left alone for");
    guarded.as.introspection(json(500, "{}"));
    for (int i = 0; i < 6; i++) {
      status(Secrets.token());
    }
    assertThat(gauge("gatehouse.breaker.state")).isEqualTo(2);

    log.announce("answers again");
    answerActive("");
    guarded.clock.turnBy(Duration.ofSeconds(6));
    status(Secrets.token());
    assertThat(gauge("gatehouse.breaker.state")).isEqualTo(1);
    status(Secrets.token());
    status(Secrets.token());
    assertThat(gauge("gatehouse.breaker.state")).isZero();
  }

  @Test
  void whoWaitsForAPlaceIsSeenAndItsTimeTaken() throws Exception {
    guard(Map.of("max-concurrent-introspections", "1", "self-test", "false"));
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch mayAnswer = new CountDownLatch(1);
    String answer = guarded.activeAnswer("");
    guarded.as.introspection(
        exchange -> {
          asked.countDown();
          try {
            mayAnswer.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          json(200, answer).answer(exchange);
        });
    var one = CompletableFuture.supplyAsync(() -> get(Secrets.token()));
    asked.await();
    var two = CompletableFuture.supplyAsync(() -> get(Secrets.token()));
    while (gauge("gatehouse.bulkhead.waiting") == 0 && !two.isDone()) {
      Thread.onSpinWait();
    }
    boolean seenWaiting = !two.isDone();
    mayAnswer.countDown();
    one.join();
    two.join();

    assertThat(seenWaiting).isTrue();
    assertThat(gauge("gatehouse.bulkhead.waiting")).isZero();
    assertThat(registry.get("gatehouse.bulkhead.wait").timer().count()).isEqualTo(2);
  }

  private int get(String token) {
    try {
      return status(token);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void metersWaitForTheFilterToStartAndGoWithIt() throws Exception {
    MeterRegistry early = new SimpleMeterRegistry();
    Settings settings =
        Settings.builder()
            .selfTest(false)
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint(guarded.as.introspectionEndpoint())
            .clientId("mcp-filter")
            .clientSecret(Secrets.CLIENT_SECRET)
            .build();
    McpAuthFilter filter = new McpAuthFilter(settings);
    new GatehouseMetrics(filter).bindTo(early);
    assertThat(early.getMeters()).isEmpty();

    for (int start = 1; start <= 2; start++) { // a container may start it again
      try (var server =
          new ProtectedServer(
              "/",
              origin ->
                  context -> {
                    ProtectedServer.addServlet(context, "mcp", new WhoCalls(), "/mcp");
                    ProtectedServer.addFilter(context, "gatehouse", filter, "mcp");
                  })) {
        server.get("/mcp");
        assertThat(
                early.get("gatehouse.requests").tag("reason", "no_credentials").functionCounter())
            .satisfies(counter -> assertThat(counter.count()).isEqualTo(1));
      }
      assertThat(early.getMeters()).isEmpty();
    }
  }

  @Test
  void aSecondFilterInOneRegistryNeedsTagsOfItsOwn() throws Exception {
    try (GuardedServer second = new GuardedServer(Map.of())) {
      log.announce("the registry has meters of a filter with the tags []");
      int before = registry.getMeters().size();
      new GatehouseMetrics(second.filter).bindTo(registry);
      assertThat(registry.getMeters()).hasSize(before);

      new GatehouseMetrics(second.filter, Tags.of("filter", "second")).bindTo(registry);
      second.server.get("/mcp");
      assertThat(count("gatehouse.requests", "filter", "second", "reason", "no_credentials"))
          .isEqualTo(1);
    }
    assertThat(registry.find("gatehouse.requests").tag("filter", "second").meters()).isEmpty();
    assertThat(registry.find("gatehouse.requests").meters()).isNotEmpty();
  }

  @Test
  void noCallerMakesAMeterAndNoSecretIsInOne() throws Exception {
    guard(Map.of("introspection-endpoint", "{issuer}/introspect?key=for-the-server-alone"));
    log.announce("refused: reason=as_");
    Set<Meter.Id> before = ids();
    guarded.as.introspections(
        question ->
            json(
                200,
                guarded.activeAnswer(
                    "\"sub\":\"%1$s\",\"client_id\":\"%1$s\",\"scope\":\"%1$s\""
                        .formatted(new BearerToken(question.parameter("token")).hashPrefix()))));
    for (int i = 0; i < 20; i++) {
      guarded.server.send(
          "VERB" + i,
          "/mcp",
          "Authorization",
          "Bearer " + Secrets.token(),
          "Mcp-Method",
          "tools/call",
          "Mcp-Name",
          "tool-" + i);
      guarded.server.get("/mcp", "Origin", "https://" + i + ".example");
    }
    guarded.as.introspection(json(500, "{}"));
    status(Secrets.token());

    assertThat(ids()).isEqualTo(before);
    assertThat(before)
        .map(Object::toString)
        .noneMatch(Secrets::isIn)
        .noneMatch(id -> id.contains("for-the-server-alone"));
  }

  private Set<Meter.Id> ids() {
    return registry.getMeters().stream().map(Meter::getId).collect(Collectors.toSet());
  }

  @Test
  void everyMeterIsInTheGuideWithItsTagsAndNoOther() throws Exception {
    Set<String> guide = new TreeSet<>();
    Matcher row =
        Pattern.compile(
                "^\\| `(gatehouse\\.[a-z.]+)` \\| ([a-z]+) \\| (.*?) \\|", Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("..", "src/site/markdown/observing.md")));
    while (row.find()) {
      Set<String> tags = new TreeSet<>();
      Matcher tag = Pattern.compile("`([a-z]+)`").matcher(row.group(3));
      while (tag.find()) {
        tags.add(tag.group(1));
      }
      guide.add(row.group(1) + " " + row.group(2) + " " + tags);
    }

    Set<String> code =
        registry.getMeters().stream()
            .map(Meter::getId)
            .map(
                id ->
                    id.getName()
                        + " "
                        + id.getType().name().toLowerCase(Locale.ROOT)
                        + " "
                        + id.getTags().stream()
                            .map(tag -> tag.getKey())
                            .collect(Collectors.toCollection(TreeSet::new)))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(guide).isEqualTo(code);
  }

  @Test
  void aQuestionIsAnObservationWithServerOutcomeAndReason() throws Exception {
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(registry));
    new GatehouseMetrics(guarded.filter).observe(observations);
    log.announce("refused: reason=as_answer");

    answerActive("");
    String good = Secrets.token();
    status(good);
    status(good); // from the cache: no question
    guarded.as.introspection(json(200, "{\"active\":false}"));
    status(Secrets.token());
    guarded.as.introspection(json(500, "{}"));
    status(Secrets.token());

    assertThat(registry.find("gatehouse.introspection").timers())
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
