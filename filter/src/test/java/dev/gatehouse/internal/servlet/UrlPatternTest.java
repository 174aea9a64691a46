package dev.gatehouse.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a URL pattern matches, and which servlet patterns it covers (Servlet specification §12). */
class UrlPatternTest {

  @ParameterizedTest(name = "a filter on {0} and a servlet on {1}: {2}")
  @CsvSource(
      textBlock =
          """
          /*,         /mcp,        true
          /*,         /mcp/*,      true
          /*,         *.do,        true
          /*,         /,           true
          /mcp,       /mcp,        true
          /mcp,       /mcp/*,      false
          /mcp,       /,           false
          /mcp,       /other,      false
          /mcp/*,     /mcp,        true
          /mcp/*,     /mcp/*,      true
          /mcp/*,     /mcp/a,      true
          /mcp/*,     /mcp/a/*,    true
          /mcp/*,     /mcp2,       false
          /mcp/*,     /mcp2/*,     false
          /mcp/*,     /*,          false
          /mcp/*,     /,           false
          /mcp/*,     *.do,        false
          *.do,       *.do,        true
          *.do,       *.go,        false
          *.do,       /a.do,       false
          /,          /,           false
          '',         '',          false
          /*,         '',          true
          """)
  void aFilterPatternCoversAServletPatternIfItMatchesAllItsPaths(
      String filter, String servlet, boolean covered) {
    assertThat(new UrlPattern(filter).covers(new UrlPattern(servlet))).isEqualTo(covered);
  }

  @ParameterizedTest(name = "a filter on {0} and a servlet on {1}: {2}")
  @CsvSource(
      textBlock =
          """
          /mcp,    /,        true
          /mcp,    /*,       true
          /mcp,    /mcp,     true
          /mcp,    /mcp/*,   true
          /mcp,    /mcp/a,   false
          /mcp,    *.do,     false
          /a.do,   *.do,     true
          /mcp/*,  /mcp,     true
          /mcp/*,  /mcp/a,   true
          /mcp/*,  /mcp/a/*, true
          /mcp/a/*, /mcp/*,  true
          /mcp/*,  /mcp2/*,  false
          /mcp/*,  *.do,     true
          /mcp/*,  '',       false
          *.do,    *.do,     true
          *.do,    *.go,     false
          *.do,    /a/*,     true
          *.do,    /a.do,    true
          *.do,    /a,       false
          *.do,    /,        true
          /*,      '',       true
          '',      /,        true
          '',      '',       true
          /,       /,        true
          """)
  void aFilterPatternOverlapsAServletPatternIfItMatchesOneOfItsPaths(
      String filter, String servlet, boolean overlaps) {
    assertThat(new UrlPattern(filter).overlaps(new UrlPattern(servlet))).isEqualTo(overlaps);
  }

  @ParameterizedTest(name = "{0} for {1}: {2}")
  @CsvSource(
      textBlock =
          """
          /mcp,    /mcp,      2147483647
          /mcp,    /mcp/,     -1
          /mcp,    /mcp2,     -1
          '',      /,         2147483647
          '',      /mcp,      -1
          /mcp/*,  /mcp,      6
          /mcp/*,  /mcp/a/b,  6
          /mcp/*,  /mcp2,     -1
          /*,      /anything, 2
          *.do,    /a/b.do,   1
          *.do,    /a/b.dot,  -1
          /,       /anything, 0
          """)
  void theRankOfAServletPatternIsItsPrecedenceForAPath(String pattern, String path, int rank) {
    assertThat(new UrlPattern(pattern).rank(path)).isEqualTo(rank);
  }

  @Test
  void aFilterOnSlashMatchesOnlyThePathSlash() {
    assertThat(new UrlPattern("/").matches("/")).isTrue();
    assertThat(new UrlPattern("/").matches("/mcp")).isFalse();
    assertThat(new UrlPattern("/mcp/*").matches("/mcp/a")).isTrue();
    assertThat(new UrlPattern("*.do").matches("/a.do")).isTrue();
    assertThat(new UrlPattern("/mcp").matches("/mcp/a")).isFalse();
    assertThat(new UrlPattern("/*").matches("/")).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /mcp   | /mcp
          /mcp/* | /mcp, /mcp/gatehouse-sample
          /*     | /, /gatehouse-sample
          *.do   | /gatehouse-sample.do
          """)
  void samplesArePathsThatThePatternMatches(String pattern, String samples) {
    assertThat(new UrlPattern(pattern).samples()).isEqualTo(List.of(samples.split(", ", -1)));
  }

  @Test
  void wellKnownPatternsAndTheCatchAllPatternAreRecognized() {
    assertThat(new UrlPattern("/.well-known/*").isWellKnown()).isTrue();
    assertThat(new UrlPattern("/.well-knownish").isWellKnown()).isFalse();
    assertThat(new UrlPattern("/*").matchesEverything()).isTrue();
    assertThat(new UrlPattern("/a/*").matchesEverything()).isFalse();
    assertThat(new UrlPattern("/a/*")).hasToString("/a/*");
  }
}
