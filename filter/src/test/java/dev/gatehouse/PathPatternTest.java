package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servlet specification §12: what a pattern matches, and which servlets a filter's covers. */
class PathPatternTest {

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
  void whatAFilterCovers(String filter, String servlet, boolean covered) {
    assertThat(new PathPattern(filter).covers(new PathPattern(servlet))).isEqualTo(covered);
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
  void howWellAServletsPatternMatches(String pattern, String path, int rank) {
    assertThat(new PathPattern(pattern).rank(path)).isEqualTo(rank);
  }

  @Test
  void aFilterOnTheSlashIsRunForThatOnePath() {
    assertThat(new PathPattern("/").matches("/")).isTrue();
    assertThat(new PathPattern("/").matches("/mcp")).isFalse();
    assertThat(new PathPattern("/mcp/*").matches("/mcp/a")).isTrue();
    assertThat(new PathPattern("*.do").matches("/a.do")).isTrue();
    assertThat(new PathPattern("/mcp").matches("/mcp/a")).isFalse();
    assertThat(new PathPattern("/*").matches("/")).isTrue();
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
  void pathsThatStandForAPattern(String pattern, String samples) {
    assertThat(new PathPattern(pattern).samples()).isEqualTo(List.of(samples.split(", ", -1)));
  }

  @Test
  void wellKnownPathsAreToldApart() {
    assertThat(new PathPattern("/.well-known/*").isWellKnown()).isTrue();
    assertThat(new PathPattern("/.well-knownish").isWellKnown()).isFalse();
    assertThat(new PathPattern("/*").isEverything()).isTrue();
    assertThat(new PathPattern("/a/*").isEverything()).isFalse();
    assertThat(new PathPattern("/a/*")).hasToString("/a/*");
  }
}
