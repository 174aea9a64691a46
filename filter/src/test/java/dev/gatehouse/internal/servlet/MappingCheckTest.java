package dev.gatehouse.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a filter can be walked around, by what the container says of its mappings. */
class MappingCheckTest {

  private static List<String> words(String text) {
    return Arrays.stream(text.split(" ", -1)).filter(word -> !word.isEmpty()).toList();
  }

  /** Servlets as {@code mcp=/mcp /mcp2; other=/other}. */
  private static MappingCheck check(String servletNames, String patterns, String servlets) {
    Map<String, List<String>> registered = new TreeMap<>();
    for (String servlet : servlets.split("; ", -1)) {
      String[] sides = servlet.split("=", -1);
      registered.put(sides[0], new ArrayList<>(words(sides[1])));
    }
    return new MappingCheck(words(servletNames), words(patterns), registered, null);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          by name                          | mcp | ''          | mcp=/mcp/*
          by name, metadata beside         | mcp | /.well-known/* | mcp=/mcp/*; default=/
          by every name                    | *   | ''          | mcp=/mcp/*
          by the same exact path           | ''  | /mcp        | mcp=/mcp
          by the same prefix               | ''  | /mcp/*      | mcp=/mcp/*
          by a prefix, the servlet exact   | ''  | /mcp/*      | mcp=/mcp
          the same beside a default servlet | '' | /mcp/*      | mcp=/mcp; default=/
          by two paths                     | ''  | /a /b       | mcp=/a /b
          by everything                    | ''  | /*          | mcp=/mcp; other=/; third=*.do
          by everything, no servlet yet    | ''  | /*          | none=
          by path and by name              | mcp | /mcp        | mcp=/mcp/*
          the other servlet is not guarded | ''  | /mcp        | mcp=/mcp; other=/other/*
          by extension                     | ''  | *.mcp       | mcp=*.mcp
          """)
  void aFilterThatCanNotBeWalkedAroundStarts(
      String what, String names, String patterns, String servlets) {
    MappingCheck check = check(names, patterns, servlets);

    assertThat(check.findings()).isEmpty();
    assertThatCode(check::throwIfBypassable).doesNotThrowAnyException();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          exact before a prefix            | ''  | /mcp        | mcp=/mcp/*
          exact before everything          | ''  | /mcp        | mcp=/*
          exact before the default servlet | ''  | /mcp        | mcp=/
          a prefix before everything       | ''  | /mcp/*      | mcp=/*
          one of two paths                 | ''  | /a          | mcp=/a /b
          one path under a prefix, another elsewhere | '' | /api/* | mcp=/api/mcp /mcp/*
          the same beside a default servlet | '' | /api/*      | mcp=/api/mcp /mcp/*; default=/
          an exact path below a prefix     | ''  | /mcp/a      | mcp=/mcp/*
          an extension before everything   | ''  | *.mcp       | mcp=/*
          a prefix, another servlet within it | '' | /api/* | mcp=/api/mcp /mcp/*; other=/api/*
          by name, and another by path     | mcp | /other      | mcp=/mcp; other=/other/*
          """)
  void aServletThatIsReachedPastTheFilterIsNamed(
      String what, String names, String patterns, String servlets) {
    assertThat(check(names, patterns, servlets).findings())
        .isNotEmpty()
        .allSatisfy(
            finding ->
                assertThat(finding)
                    .matches(
                        "servlet '(mcp|other)' also serves paths that the filter is not mapped to;"
                            + " map the filter by <servlet-name>\\1</servlet-name> instead of .*"));
  }

  @Test
  void aServletOfTheNameOfTheContainersOwnIsNoException() {
    assertThat(check("", "/mcp", "default=/mcp/*").findings()).hasSize(1);
    assertThat(check("", "/mcp/*", "default=/").findings())
        .containsExactly("the filter is in front of no servlet; map it by <servlet-name>");
  }

  @Test
  void aServletThatDoesNotExistIsNamed() {
    assertThat(check("mpc", "", "mcp=/mcp").findings())
        .containsExactly("the filter is mapped to servlet 'mpc', which does not exist");
  }

  @Test
  void aFilterInFrontOfNothingIsAMistake() {
    assertThat(check("", "/.well-known/*", "mcp=/mcp").findings())
        .containsExactly("the filter is in front of no servlet; map it by <servlet-name>");
    assertThat(check("", "/nothing", "mcp=/mcp").findings())
        .containsExactly("the filter is in front of no servlet; map it by <servlet-name>");
  }

  @Test
  void allFindingsStandInOneMessage() {
    assertThatThrownBy(() -> check("a b", "", "mcp=/mcp").throwIfBypassable())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            """
            Gatehouse can't start with these mappings:
              the filter is mapped to servlet 'a', which does not exist
              the filter is mapped to servlet 'b', which does not exist\
            """);
  }

  @Test
  void theFilterAnswersItsEvictionPathItselfWhateverServletIsThere() {
    Map<String, List<String>> servlets = Map.of("mcp", List.of("/mcp"), "app", List.of("/app/*"));

    assertThat(
            new MappingCheck(List.of("mcp"), List.of("/app/evict"), servlets, "/app/evict")
                .findings())
        .isEmpty();
    assertThat(
            new MappingCheck(List.of("mcp"), List.of("/app/*"), servlets, "/app/evict").findings())
        .isEmpty();
    assertThat(new MappingCheck(List.of("mcp"), List.of(), servlets, "/evict").findings())
        .containsExactly(
            "the filter is not mapped to eviction-path; add <url-pattern>/evict</url-pattern>");
  }
}
