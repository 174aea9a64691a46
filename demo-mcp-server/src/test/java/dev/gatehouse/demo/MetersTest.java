package dev.gatehouse.demo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Requests of MCP clients change the meters and the data of the status page. */
class MetersTest {

  private static final Map<String, String> CACHE_ON = Map.of("GATEHOUSE_CACHE_TTL", "1h");

  @Test
  void aRequestWithoutATokenIsCountedAsRefused() throws Exception {
    try (RunningDemo demo = RunningDemo.start(CACHE_ON)) {
      assertThat(sample(demo, "gatehouse_requests_total", "no_credentials")).isZero();

      assertThat(RawHttp.exchange(demo.port(), "GET /mcp", List.of(), "").status()).isEqualTo(401);

      assertThat(sample(demo, "gatehouse_requests_total", "no_credentials")).isEqualTo(1);
      Map<?, ?> requests = data(demo, "requests");
      assertThat(requests.get("admitted")).isEqualTo(0);
      assertThat(requests.get("refused")).isEqualTo(1);
      assertThat((Map<?, ?>) requests.get("refusedBecause"))
          .satisfies(reasons -> assertThat(reasons.get("no_credentials")).isEqualTo(1));
      assertThat(data(demo, "introspections").get("count")).isEqualTo(0);
    }
  }

  @Test
  void theFirstRequestWithATokenIsIntrospectedAndFurtherRequestsUseTheCache() throws Exception {
    try (RunningDemo demo = RunningDemo.start(CACHE_ON)) {
      McpSession session = McpSession.open(demo.port(), demo.token("notes:read"));

      assertThat(session.post(McpSession.INITIALIZE).status()).isEqualTo(200);

      // initialize, initialized, and initialize once more
      assertThat(sample(demo, "gatehouse_requests_total", "admitted")).isEqualTo(3);
      assertThat(sample(demo, "gatehouse_cache_gets_total", "miss")).isEqualTo(1);
      assertThat(sample(demo, "gatehouse_cache_gets_total", "hit")).isEqualTo(2);
      assertThat(data(demo, "requests").get("admitted")).isEqualTo(3);
      assertThat(data(demo, "cache")).isEqualTo(Map.of("hits", 2, "misses", 1, "size", 1));
      Map<?, ?> introspections = data(demo, "introspections");
      assertThat(introspections.get("count")).isEqualTo(1);
      assertThat((Double) introspections.get("millis"))
          .isPositive()
          .isEqualTo((Double) introspections.get("maxMillis"));
      assertThat(data(demo, "breakers").values()).hasSize(1).allMatch("closed"::equals);
    }
  }

  @Test
  void metersAndStatusDataContainNoTokenAndNoCaller() throws Exception {
    try (RunningDemo demo = RunningDemo.start(CACHE_ON)) {
      String token = demo.token("notes:read");
      McpSession.open(demo.port(), token);
      for (String path : List.of("/metrics", "/status/data")) {
        assertThat(body(demo, path))
            .as(path)
            .doesNotContain(token, "demo-client", "demo-resource-server", "notes:read");
      }
    }
  }

  /** The value of the only sample with this name and this label value. */
  private static double sample(RunningDemo demo, String name, String label) throws IOException {
    List<MatchResult> found =
        Pattern.compile("(?m)^" + name + "\\{[^}]*\"" + label + "\"[^}]*} (\\S+)$")
            .matcher(body(demo, "/metrics"))
            .results()
            .toList();
    assertThat(found).as(name + " " + label).hasSize(1);
    return Double.parseDouble(found.get(0).group(1));
  }

  private static Map<?, ?> data(RunningDemo demo, String member) throws IOException {
    return (Map<?, ?>) requireNonNull(Json.object(body(demo, "/status/data")).get(member), member);
  }

  private static String body(RunningDemo demo, String path) throws IOException {
    RawHttp.Response response = RawHttp.exchange(demo.port(), "GET " + path, List.of(), "");
    assertThat(response.status()).isEqualTo(200);
    return response.body();
  }
}
