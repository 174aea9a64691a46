package dev.gatehouse.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a request can bypass the filter, according to the mappings in the container. */
class MappingCheckTest {

  private static List<String> words(String text) {
    return Arrays.stream(text.split(" ", -1)).filter(word -> !word.isEmpty()).toList();
  }

  /** Checks a filter against servlets in the form {@code mcp=/mcp /mcp2; other=/other}. */
  private static MappingCheck check(String servletNames, String patterns, String servlets) {
    Map<String, List<String>> registered = new TreeMap<>();
    for (String servlet : servlets.split("; ", -1)) {
      String[] nameAndPatterns = servlet.split("=", -1);
      registered.put(nameAndPatterns[0], new ArrayList<>(words(nameAndPatterns[1])));
    }
    return new MappingCheck(
        words(servletNames), words(patterns), registered, null, Map.of(), false, Set.of());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          by name                          | mcp | ''          | mcp=/mcp/*
          by name, and metadata paths      | mcp | /.well-known/* | mcp=/mcp/*; default=/
          by every name                    | *   | ''          | mcp=/mcp/*
          by the same exact path           | ''  | /mcp        | mcp=/mcp
          by the same prefix               | ''  | /mcp/*      | mcp=/mcp/*
          by a prefix, the servlet by exact path | ''  | /mcp/*      | mcp=/mcp
          the same with a default servlet  | ''  | /mcp/*      | mcp=/mcp; default=/
          by two paths                     | ''  | /a /b       | mcp=/a /b
          by everything                    | ''  | /*          | mcp=/mcp; other=/; third=*.do
          by everything, no servlet mapped | ''  | /*          | none=
          by path and by name              | mcp | /mcp        | mcp=/mcp/*
          another servlet, not protected   | ''  | /mcp        | mcp=/mcp; other=/other/*
          by extension                     | ''  | *.mcp       | mcp=*.mcp
          """)
  void aFilterThatCannotBeBypassedPassesTheCheck(
      String description, String names, String patterns, String servlets) {
    MappingCheck check = check(names, patterns, servlets);

    assertThat(check.findings(false)).isEmpty();
    assertThatCode(() -> check.throwIfBypassable(false)).doesNotThrowAnyException();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          exact path, servlet on a prefix  | ''  | /mcp        | mcp=/mcp/*
          exact path, servlet on everything | ''  | /mcp        | mcp=/*
          exact path, default servlet      | ''  | /mcp        | mcp=/
          prefix, servlet on everything    | ''  | /mcp/*      | mcp=/*
          one of two paths of the servlet  | ''  | /a          | mcp=/a /b
          one path under the prefix, one elsewhere | '' | /api/* | mcp=/api/mcp /mcp/*
          the same with a default servlet  | ''  | /api/*      | mcp=/api/mcp /mcp/*; default=/
          exact path below the prefix      | ''  | /mcp/a      | mcp=/mcp/*
          extension, servlet on everything | ''  | *.mcp       | mcp=/*
          prefix that another servlet shares | '' | /api/* | mcp=/api/mcp /mcp/*; other=/api/*
          one servlet by name, one by path | mcp | /other      | mcp=/mcp; other=/other/*
          """)
  void aServletThatRequestsReachWithoutTheFilterIsNamed(
      String description, String names, String patterns, String servlets) {
    assertThat(check(names, patterns, servlets).findings(false))
        .isNotEmpty()
        .allSatisfy(
            finding ->
                assertThat(finding)
                    .matches(
                        "servlet '(mcp|other)' also serves paths that the filter is not mapped to;"
                            + " map the filter by <servlet-name>\\1</servlet-name> instead of .*"));
  }

  /** Such a check where {@code warn} is configured. Servlet {@code sdk} is the MCP SDK's. */
  private static MappingCheck frontController(String patterns, String servlets) {
    Map<String, List<String>> registered = new TreeMap<>();
    for (String servlet : servlets.split("; ", -1)) {
      String[] nameAndPatterns = servlet.split("=", -1);
      registered.put(nameAndPatterns[0], new ArrayList<>(words(nameAndPatterns[1])));
    }
    return new MappingCheck(
        List.of(), words(patterns), registered, "/evict", Map.of(), false, Set.of("sdk"));
  }

  @ParameterizedTest(name = "{0}, filter on {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          app=/                     | /mcp /mcp/*     | every path except /evict, /mcp, /mcp/*
          app=/*                    | /mcp/*          | every path except /evict, /mcp/*
          app=/app/*                | /app/mcp/*      | every path of /app/* except /app/mcp/*
          app=/ /app/*              | /mcp/* /app/mcp/* | every path except /app/mcp/*, /evict, /mcp/*; every path of /app/* except /app/mcp/*
          app=/a/* /b/*             | /a/mcp/* /b/mcp/* | every path of /a/* except /a/mcp/*; every path of /b/* except /b/mcp/*
          app=/ /*                  | /mcp/*          | every path except /evict, /mcp/*; every path except /evict, /mcp/*
          app=/ *.do                | /mcp/*          | every path except /evict, /mcp/*; every path of *.do except /mcp/*
          app=/mcp /info            | /mcp            | /info
          app=/ ; default=/x        | /a/* /b/*       | every path except /a/*, /b/*, /evict
          app=/; default=/x         | /mcp/* /.well-known/* | every path except /.well-known/*, /evict, /mcp/*
          app=/; sdk=/mcp/*         | /mcp/* /tools/* | every path except /evict, /mcp/*, /tools/*
          """)
  void aFrontControllerMayServeOtherPathsWhichAreNamed(
      String servlets, String patterns, String unprotected) {
    MappingCheck check = frontController(patterns + " /evict", servlets.replace(" ;", ";"));

    assertThat(check.findings(true)).isEmpty();
    assertThat(check.unprotectedPaths())
        .containsExactly("servlet 'app' serves without a token: " + unprotected);
    assertThat(check.findings(false)).hasSize(1).first().asString().contains("mapping-check=warn");
  }

  @ParameterizedTest(name = "{0}, filter on {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          app=/          | /mcp      | below '/mcp', to which the filter is not mapped; add <url-pattern>/mcp/*</url-pattern>
          app=/*         | /mcp/     | below '/mcp/', to which the filter is not mapped; add <url-pattern>/mcp/*</url-pattern>
          app=/          | /mcp/a /mcp/b/* | below '/mcp/a', to which the filter is not mapped; add <url-pattern>/mcp/a/*</url-pattern>
          app=/app/*     | /app/mcp  | add <url-pattern>/app/mcp/*</url-pattern>
          app=/mcp /mcp/sub | /mcp   | add <url-pattern>/mcp/*</url-pattern>
          app=/          | /         | below '/', to which the filter is not mapped; add <url-pattern>/*</url-pattern>
          app=/ /app/*   | /mcp/*    | may serve the same at '/app/mcp/*' as at '/mcp/*', because it has several mappings; add <url-pattern>/app/mcp/*</url-pattern>
          app=/ /app/*   | /app/mcp/* | same at '/mcp/*' as at '/app/mcp/*'
          app=/ /app/*   | /app/*    | same at '/*' as at '/app/*'
          app=/* /app/*  | /app/* /mcp/* | same at '/*' as at '/app/*'
          app=/a/* /b/*  | /a/mcp/*  | same at '/b/mcp/*' as at '/a/mcp/*'
          app=/a/* /a/b/* | /a/mcp/* | same at '/a/b/mcp/*' as at '/a/mcp/*'
          app=/mcp /app/* | /mcp/*   | same at '/app/mcp/*' as at '/mcp/*'
          app=/mcp /app/* | /app/mcp/* | same at '/mcp/*' as at '/app/mcp/*'
          app=/          | *.mcp     | can't be mapped to *.mcp
          sdk=/*         | /mcp /mcp/* | serves every path that ends in its endpoint
          sdk=/mcp /mcp2 | /mcp /mcp/* | serves every path that ends in its endpoint
          sdk=/mcp/*     | /mcp      | serves every path that ends in its endpoint
          app=/mcp       | /nothing  | the filter is in front of no servlet
          """)
  void aPathThatMayBeTakenForAProtectedOneMustBeProtected(
      String servlets, String patterns, String finding) {
    MappingCheck check = frontController(patterns + " /evict", servlets);

    assertThat(check.findings(true)).hasSize(1).first().asString().contains(finding);
    assertThatThrownBy(() -> check.throwIfBypassable(true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void otherErrorsAreNoMatterOfFrontControllers() {
    MappingCheck check =
        new MappingCheck(
            List.of("mpc"),
            List.of("/mcp", "/mcp/*"),
            Map.of("app", List.of("/")),
            "/evict",
            Map.of("/mcp/*", EnumSet.of(DispatcherType.REQUEST)),
            false,
            Set.of());

    assertThat(check.findings(true))
        .satisfiesExactlyInAnyOrder(
            finding -> assertThat(finding).contains("servlet 'mpc', which does not exist"),
            finding -> assertThat(finding).contains("for the dispatcher types"),
            finding -> assertThat(finding).contains("not mapped to eviction-path"));
  }

  @Test
  void aServletNamedDefaultIsCheckedLikeAnyOther() {
    assertThat(check("", "/mcp", "default=/mcp/*").findings(false)).hasSize(1);
    assertThat(check("", "/mcp/*", "default=/").findings(false))
        .containsExactly("the filter is in front of no servlet; map it by <servlet-name>");
  }

  @Test
  void aFilterMappedToAnUnknownServletIsRefused() {
    assertThat(check("mpc", "", "mcp=/mcp").findings(false))
        .containsExactly("the filter is mapped to servlet 'mpc', which does not exist");
  }

  @Test
  void aFilterInFrontOfNoServletIsRefused() {
    assertThat(check("", "/.well-known/*", "mcp=/mcp").findings(false))
        .containsExactly("the filter is in front of no servlet; map it by <servlet-name>");
    assertThat(check("", "/nothing", "mcp=/mcp").findings(false))
        .containsExactly("the filter is in front of no servlet; map it by <servlet-name>");
  }

  @Test
  void allFindingsAreInOneMessage() {
    assertThatThrownBy(() -> check("a b", "", "mcp=/mcp").throwIfBypassable(false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            """
            Gatehouse can't start with these mappings:
              the filter is mapped to servlet 'a', which does not exist
              the filter is mapped to servlet 'b', which does not exist\
            """);
  }

  @Test
  void theEvictionPathNeedsAFilterMappingButNoServlet() {
    Map<String, List<String>> servlets = Map.of("mcp", List.of("/mcp"), "app", List.of("/app/*"));

    assertThat(
            new MappingCheck(
                    List.of("mcp"),
                    List.of("/app/evict"),
                    servlets,
                    "/app/evict",
                    Map.of(),
                    false,
                    Set.of())
                .findings(false))
        .isEmpty();
    assertThat(
            new MappingCheck(
                    List.of("mcp"),
                    List.of("/app/*"),
                    servlets,
                    "/app/evict",
                    Map.of(),
                    false,
                    Set.of())
                .findings(false))
        .isEmpty();
    assertThat(
            new MappingCheck(
                    List.of("mcp"), List.of(), servlets, "/evict", Map.of(), false, Set.of())
                .findings(false))
        .containsExactly(
            "the filter is not mapped to eviction-path; add <url-pattern>/evict</url-pattern>");
  }

  /** The mapping of a filter to servlet {@code mcp}, and what a deployment descriptor declares. */
  private static MappingCheck declared(String target, Set<DispatcherType> types) {
    return new MappingCheck(
        List.of("mcp"),
        List.of("/.well-known/*", "/evict"),
        Map.of("mcp", List.of("/mcp")),
        "/evict",
        Map.of(target, types),
        false,
        Set.of());
  }

  @ParameterizedTest
  @EnumSource(DispatcherType.class)
  void aDeclaredMappingNeedsEveryDispatcherType(DispatcherType missing) {
    Set<DispatcherType> types = EnumSet.complementOf(EnumSet.of(missing));

    assertThat(declared("mcp", types).findings(false))
        .containsExactly(
            "the filter is not mapped to 'mcp' for the dispatcher types [%s]; write "
                    .formatted(missing)
                + "<dispatcher>FORWARD</dispatcher><dispatcher>INCLUDE</dispatcher>"
                + "<dispatcher>REQUEST</dispatcher><dispatcher>ASYNC</dispatcher>"
                + "<dispatcher>ERROR</dispatcher>");
    assertThat(declared("mcp", EnumSet.allOf(DispatcherType.class)).findings(false)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/.well-known/*", "/evict"})
  void thePathsThatTheFilterItselfServesNeedRequestAlone(String pattern) {
    assertThat(declared(pattern, EnumSet.of(DispatcherType.REQUEST)).findings(false)).isEmpty();
  }

  @Test
  void whatTheFilterCoversIsKnownByItsPatternsOrByAllServlets() {
    assertThat(
            check("mcp", "/.well-known/*", "mcp=/mcp").coversAnyOf(List.of("/x", "/.well-known/y")))
        .isTrue();
    assertThat(check("mcp", "/.well-known/*", "mcp=/mcp").coversAnyOf(List.of("/x"))).isFalse();
    assertThat(check("*", "", "mcp=/mcp").coversAnyOf(List.of("/x"))).isTrue();
  }

  @Test
  void asyncIsOffOnlyIfADescriptorSaysSo() {
    Map<String, List<String>> servlets = Map.of("mcp", List.of("/mcp"));

    assertThat(
            new MappingCheck(List.of("mcp"), List.of(), servlets, null, Map.of(), true, Set.of())
                .isAsyncOff())
        .isTrue();
    assertThat(check("mcp", "", "mcp=/mcp").isAsyncOff()).isFalse();
  }

  /** The names that containers give their own servlets, whose mapping is the default one. */
  @ParameterizedTest
  @ValueSource(
      strings = {"default", "org.eclipse.jetty.ee10.servlet.ServletHandler$Default404Servlet-4b8"})
  void theContainersOwnServletMayServeOtherPaths(String name) {
    Map<String, List<String>> servlets = Map.of("mcp", List.of("/mcp"), name, List.of("/"));
    List<String> filterPatterns = List.of("/mcp", "/mcp/*", "/.well-known/*");

    assertThat(
            new MappingCheck(List.of(), filterPatterns, servlets, null, Map.of(), false, Set.of())
                .findings(false))
        .isEmpty();
  }
}
