package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The set of meters and their lifetime; no request can add a meter. */
class MeterRegistrationTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @Test
  void metersExistWhileTheFilterRuns() throws Exception {
    MeterRegistry early = new SimpleMeterRegistry();
    Settings settings =
        Settings.builder()
            .selfTest(false)
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint("https://as.example/introspect")
            .clientId("mcp-filter")
            .clientSecret(Secrets.CLIENT_SECRET)
            .build();
    McpAuthFilter filter = new McpAuthFilter(settings);
    new GatehouseMetrics(filter).bindTo(early);
    assertThat(early.getMeters()).isEmpty();

    for (int start = 1; start <= 2; start++) { // a container may start it again
      try (var server = ProtectedServer.guarding(new CallerServlet(), filter)) {
        server.get("/mcp");
        assertThat(
                early.get("gatehouse.requests").tag("reason", "no_credentials").functionCounter())
            .satisfies(counter -> assertThat(counter.count()).isEqualTo(1));
      }
      assertThat(early.getMeters()).isEmpty();
    }
  }

  @Test
  void aSecondFilterInOneRegistryNeedsItsOwnTags() throws Exception {
    log.announce("the registry already has meters of a filter with the tags []");
    try (GuardedServer first = new GuardedServer(Map.of())) {
      Meters meters = new Meters(first.filter);
      MeterRegistry registry = meters.registry;
      try (GuardedServer second = new GuardedServer(Map.of())) {
        int before = registry.getMeters().size();
        new GatehouseMetrics(second.filter).bindTo(registry);
        assertThat(registry.getMeters()).hasSize(before);

        new GatehouseMetrics(second.filter, Tags.of("filter", "second")).bindTo(registry);
        second.server.get("/mcp");
        assertThat(
                meters.count("gatehouse.requests", "filter", "second", "reason", "no_credentials"))
            .isEqualTo(1);
      }
      assertThat(registry.find("gatehouse.requests").tag("filter", "second").meters()).isEmpty();
      assertThat(registry.find("gatehouse.requests").meters()).isNotEmpty();
    }
  }

  @Test
  void requestsAddNoMeterAndNoMeterContainsASecret() throws Exception {
    log.announce("refused: reason=as_");
    String endpoint = "{issuer}/introspect?key=for-the-server-alone";
    try (GuardedServer guarded = new GuardedServer(Map.of("introspection-endpoint", endpoint))) {
      Meters meters = new Meters(guarded.filter);
      Set<Meter.Id> before = ids(meters);
      guarded.as.introspectionResponses(
          request ->
              json(
                  200,
                  guarded.activeResponse(
                      "\"sub\":\"%1$s\",\"client_id\":\"%1$s\",\"scope\":\"%1$s\""
                          .formatted(new BearerToken(request.parameter("token")).hashPrefix()))));
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
      guarded.status(Secrets.token());

      assertThat(ids(meters)).isEqualTo(before);
      assertThat(before)
          .map(Object::toString)
          .noneMatch(Secrets::appearIn)
          .noneMatch(id -> id.contains("for-the-server-alone"));
    }
  }

  private static Set<Meter.Id> ids(Meters meters) {
    return meters.registry.getMeters().stream().map(Meter::getId).collect(Collectors.toSet());
  }

  @Test
  void theGuideListsExactlyTheMetersAndTheirTags() throws Exception {
    Set<String> guide = new TreeSet<>();
    Matcher row =
        Pattern.compile(
                "^\\| `(gatehouse\\.[a-z.]+)` \\| ([a-z]+) \\| (.*?) \\|", Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("..", "src/site/markdown/observability.md")));
    while (row.find()) {
      Set<String> tags = new TreeSet<>();
      Matcher tag = Pattern.compile("`([a-z]+)`").matcher(row.group(3));
      while (tag.find()) {
        tags.add(tag.group(1));
      }
      guide.add(row.group(1) + " " + row.group(2) + " " + tags);
    }

    assertThat(guide).isEqualTo(metersInTheCode());
  }

  /** Of a server that verifies tokens in both ways, so that it has all meters. */
  private static Set<String> metersInTheCode() throws Exception {
    try (GuardedServer guarded =
        new GuardedServer(Map.of("token-validation", "jwt-or-introspection"))) {
      return ids(new Meters(guarded.filter)).stream()
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
    }
  }
}
