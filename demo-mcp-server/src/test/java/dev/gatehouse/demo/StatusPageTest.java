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

/** What the demo shows of itself without a token, and to whom. */
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
          nothing asked for        |                                                        | text/plain; version=0.0.4
          anything                 | */*                                                    | text/plain; version=0.0.4
          what browsers send       | text/html,application/xml;q=0.9,*/*;q=0.8              | text/plain; version=0.0.4
          OpenMetrics              | application/openmetrics-text;version=1.0.0             | application/openmetrics-text; version=1.0.0
          OpenMetrics first        | text/plain;q=0.3,application/openmetrics-text;q=0.6    | application/openmetrics-text; version=1.0.0
          the text format first    | application/openmetrics-text;q=0.3,text/plain          | text/plain; version=0.0.4
          OpenMetrics ruled out    | application/openmetrics-text;q=0                       | text/plain; version=0.0.4
          protobuf alone           | application/vnd.google.protobuf                        | text/plain; version=0.0.4
          """)
  void theExpositionIsInTheFormatThatIsPreferred(String what, String accept, String type)
      throws IOException {
    RawHttp.Answer answer =
        get("/metrics", accept == null ? List.of() : List.of("Accept: " + accept));

    assertThat(answer.statusLine()).as(what).isEqualTo("HTTP/1.1 200 OK");
    assertThat(answer.header("Content-Type")).contains("Content-Type: " + type + "; charset=utf-8");
    assertThat(answer.body().endsWith("# EOF\n")).isEqualTo(type.contains("openmetrics"));
  }

  @Test
  void everyLineOfTheExpositionIsACommentOrASample() throws IOException {
    assertThat(get("/metrics").body().lines())
        .allSatisfy(line -> assertThat(line).matches("# (HELP|TYPE) \\S+ .*|" + SAMPLE))
        .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
        .anyMatch(line -> line.startsWith("jvm_threads_live_threads "))
        .anyMatch(line -> line.startsWith("system_cpu_count "))
        .anyMatch(line -> line.startsWith("process_uptime_seconds "));
  }

  @Test
  void thePageAndAllThatItLoadsIsThere() throws IOException {
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
    // Else a part of the page stays empty for ever.
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
  void noneMayBeFramedOrReadByOthersOrRunWhatIsNotOurs(String path, String type)
      throws IOException {
    RawHttp.Answer answer = get(path);

    assertThat(answer.header("Content-Type").orElseThrow()).startsWith("Content-Type: " + type);
    assertThat(directives(answer))
        .contains(
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'")
        .noneMatch(directive -> directive.contains("unsafe"));
    assertThat(answer.headers())
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
  void headIsAnsweredAsGetWithoutABody() throws IOException {
    RawHttp.Answer answer = exchange("HEAD /status", List.of());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo(get("/status").header("Content-Type"));
    assertThat(answer.header("Content-Length")).isEqualTo(get("/status").header("Content-Length"));
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"})
  void otherMethodsAreRefused(String method) throws IOException {
    for (String path : List.of("/metrics", "/status", "/status/data")) {
      RawHttp.Answer answer =
          exchange(method + " " + path, List.of("Authorization: Bearer secret"));

      assertThat(answer.status()).as(path).isEqualTo(405);
      assertThat(answer.header("Allow")).contains("Allow: GET, HEAD");
      assertThat(answer.body()).doesNotContain("secret");
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
  void belowAndBesideThemIsNothing(String path) throws IOException {
    assertThat(get(path).status()).isEqualTo(404);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a proxy on this machine               | X-Forwarded-For: 203.0.113.7
          a proxy that follows RFC 7239         | Forwarded: for=203.0.113.7
          """)
  void whoeverSpeaksForOthersIsToldNothing(String what, String header) throws IOException {
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
  void nobodyReadsThemByANameThatHasBeenReboundToThisMachine(String host, int status)
      throws IOException {
    for (String path : List.of("/metrics", "/status", "/status/data")) {
      assertThat(get(path, List.of("Host: " + host)).status()).as(path).isEqualTo(status);
    }
  }

  private static List<String> directives(RawHttp.Answer answer) {
    String policy =
        answer.header("Content-Security-Policy").orElseThrow().replaceFirst("^[^:]*: ", "");
    return Arrays.asList(policy.split("; *", -1));
  }

  private static RawHttp.Answer get(String path) throws IOException {
    return get(path, List.of());
  }

  private static RawHttp.Answer get(String path, List<String> headers) throws IOException {
    return exchange("GET " + path, headers);
  }

  private static RawHttp.Answer exchange(String requestLine, List<String> headers)
      throws IOException {
    return RawHttp.exchange(demo.port(), requestLine, headers, "");
  }
}
