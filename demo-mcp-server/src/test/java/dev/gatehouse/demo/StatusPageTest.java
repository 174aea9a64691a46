package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The status page and the metrics, which require no token but access from this machine. */
class StatusPageTest {

  private static final Pattern SAMPLE =
      Pattern.compile(
          "[a-zA-Z_:][a-zA-Z0-9_:]*"
              + "(\\{[a-zA-Z_]\\w*=\"([^\"\\\\\n]|\\\\.)*\"(,[a-zA-Z_]\\w*=\"([^\"\\\\\n]|\\\\.)*\")*})?"
              + " (NaN|[+-]Inf|-?[0-9.]+(E-?[0-9]+)?)");

  @RegisterExtension static final SharedDemo demo = new SharedDemo();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no Accept header         |                                                        | text/plain; version=0.0.4
          anything                 | */*                                                    | text/plain; version=0.0.4
          as browsers send it      | text/html,application/xml;q=0.9,*/*;q=0.8              | text/plain; version=0.0.4
          OpenMetrics              | application/openmetrics-text;version=1.0.0             | application/openmetrics-text; version=1.0.0
          OpenMetrics preferred    | text/plain;q=0.3,application/openmetrics-text;q=0.6    | application/openmetrics-text; version=1.0.0
          text format preferred    | application/openmetrics-text;q=0.3,text/plain          | text/plain; version=0.0.4
          OpenMetrics excluded     | application/openmetrics-text;q=0                       | text/plain; version=0.0.4
          only protobuf            | application/vnd.google.protobuf                        | text/plain; version=0.0.4
          """)
  void theMetricsAreInThePreferredFormat(String what, String accept, String type)
      throws IOException {
    RawHttp.Response response =
        get("/metrics", accept == null ? List.of() : List.of("Accept: " + accept));

    assertThat(response.statusLine()).as(what).isEqualTo("HTTP/1.1 200 OK");
    assertThat(response.header("Content-Type"))
        .contains("Content-Type: " + type + "; charset=utf-8");
    assertThat(response.body().endsWith("# EOF\n")).isEqualTo(type.contains("openmetrics"));
  }

  @Test
  void everyLineOfTheMetricsIsACommentOrASample() throws IOException {
    assertThat(get("/metrics").body().lines())
        .allSatisfy(line -> assertThat(line).matches("# (HELP|TYPE) \\S+ .*|" + SAMPLE))
        .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
        .anyMatch(line -> line.startsWith("jvm_threads_live_threads "))
        .anyMatch(line -> line.startsWith("system_cpu_count "))
        .anyMatch(line -> line.startsWith("process_uptime_seconds "));
  }

  @Test
  void thePageAndItsFilesAreServed() throws IOException {
    String page = get("/status").body();
    List<String> loaded =
        Pattern.compile("<(?:link|script)[^>]* (?:href|src)=\"([^\"]+)\"")
            .matcher(page)
            .results()
            .map(match -> match.group(1))
            .toList();

    assertThat(loaded).hasSize(3);
    for (String path : loaded) {
      assertThat(get("/" + path).status()).as(path).isEqualTo(200);
    }
    String script = get("/status/page.js").body();
    assertThat(script).contains("fetch(\"status/data\"");
    // An id that the page lacks would make the script fail.
    assertThat(
            Pattern.compile("byId\\(\"([^\"]+)\"\\)")
                .matcher(script)
                .results()
                .map(match -> "id=\"" + match.group(1) + '"'))
        .isNotEmpty()
        .allSatisfy(id -> assertThat(page).contains(id));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /metrics         | text/plain
          /status          | text/html
          /status/data     | application/json
          /status/page.css | text/css
          /status/page.js  | text/javascript
          /status/icon.svg | image/svg+xml
          """)
  void headersForbidFramingAndForeignScriptsAndReadingByOtherOrigins(String path, String type)
      throws IOException {
    RawHttp.Response response = get(path);

    assertThat(response.header("Content-Type").orElseThrow()).startsWith("Content-Type: " + type);
    assertThat(directives(response))
        .contains(
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'")
        .noneMatch(directive -> directive.contains("unsafe"));
    assertThat(response.headers())
        .contains(
            "X-Frame-Options: DENY",
            "X-Content-Type-Options: nosniff",
            "Referrer-Policy: no-referrer",
            "Cross-Origin-Resource-Policy: same-origin",
            "Cache-Control: no-store")
        .noneMatch(header -> header.startsWith("Access-Control-"))
        .noneMatch(header -> header.startsWith("Set-Cookie"));
  }

  @Test
  void theResponseToHeadEqualsThatToGetWithoutTheBody() throws IOException {
    RawHttp.Response response = exchange("HEAD /status", List.of());

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("Content-Type")).isEqualTo(get("/status").header("Content-Type"));
    assertThat(response.header("Content-Length"))
        .isEqualTo(get("/status").header("Content-Length"));
    assertThat(response.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"})
  void otherMethodsAreRefused(String method) throws IOException {
    for (String path : List.of("/metrics", "/status", "/status/data")) {
      RawHttp.Response response =
          exchange(method + " " + path, List.of("Authorization: Bearer secret"));

      assertThat(response.status()).as(path).isEqualTo(405);
      assertThat(response.header("Allow")).contains("Allow: GET, HEAD");
      assertThat(response.body()).doesNotContain("secret");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/status/",
        "/status/below",
        "/status/data/below",
        "/status/page.html",
        "/status.html",
        "/status.js",
        "/metrics/",
        "/metrics/below"
      })
  void otherPathsAreNotFound(String path) throws IOException {
    assertThat(get(path).status()).isEqualTo(404);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a proxy on this machine       | X-Forwarded-For: 203.0.113.7
          a proxy that follows RFC 7239 | Forwarded: for=203.0.113.7
          """)
  void requestsThroughAProxyGet404(String what, String header) throws IOException {
    for (String path : List.of("/metrics", "/status", "/status/data", "/status/page.js")) {
      assertThat(get(path, List.of(header)).status()).as(what + " " + path).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 200",
    "localhost:8080, 200",
    "[::1]:8080, 200",
    "evil.example, 404",
    "127.0.0.1.evil.example:8080, 404",
    "localhost.evil.example, 404"
  })
  void aHostNameReboundToThisMachineGets404(String host, int status) throws IOException {
    for (String path : List.of("/metrics", "/status", "/status/data")) {
      assertThat(get(path, List.of("Host: " + host)).status()).as(path).isEqualTo(status);
    }
  }

  private static List<String> directives(RawHttp.Response response) {
    String policy =
        response.header("Content-Security-Policy").orElseThrow().replaceFirst("^[^:]*: ", "");
    return Arrays.asList(policy.split("; *", -1));
  }

  private static RawHttp.Response get(String path) throws IOException {
    return get(path, List.of());
  }

  private static RawHttp.Response get(String path, List<String> headers) throws IOException {
    return exchange("GET " + path, headers);
  }

  private static RawHttp.Response exchange(String requestLine, List<String> headers)
      throws IOException {
    return RawHttp.exchange(demo.port(), requestLine, headers, "");
  }
}
