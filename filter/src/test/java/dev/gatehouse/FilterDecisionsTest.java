package dev.gatehouse;

import static dev.gatehouse.FilteredBodies.CLEAN;
import static dev.gatehouse.FilteredBodies.FILTERED;
import static dev.gatehouse.FilteredBodies.INTERNAL;
import static dev.gatehouse.FilteredBodies.LEAK;
import static dev.gatehouse.FilteredBodies.LIST;
import static dev.gatehouse.FilteredBodies.assertLength;
import static dev.gatehouse.FilteredBodies.body;
import static dev.gatehouse.FilteredBodies.json;
import static dev.gatehouse.FilteredBodies.post;
import static dev.gatehouse.FilteredBodies.send;
import static dev.gatehouse.FilteredBodies.start;
import static dev.gatehouse.FilteredBodies.text;
import static dev.gatehouse.FilteredBodies.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.FilteredBodies.Action;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.RawClient.RawResponse;
import jakarta.servlet.AsyncContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is filtered, replaced, withheld or passed on, and until when that is decided. */
class FilterDecisionsTest {

  @TempDir Path directory;

  /** An action, and the status and body of the response that is expected. */
  private record Row(String name, int status, String body, Action action) {}

  private static Row row(String name, int status, String body, Action action) {
    return new Row(name, status, body, action);
  }

  private static Stream<Row> bodiesThatCannotBeFiltered() {
    return Stream.of(
        row("malformed", 500, INTERNAL, body("application/json", utf8(LIST + "}"))),
        row("nameless", 500, INTERNAL, body("application/json", utf8(LIST.replace("name", "n")))),
        row("untyped", 500, INTERNAL, body("text/plain", utf8("[" + LIST))),
        row(
            "compressed",
            500,
            INTERNAL,
            (request, response) -> {
              response.setHeader("Content-Encoding", "gzip");
              response.addHeader("X-Kept", "1");
              response.addHeader("X-Kept", "2");
              body("application/json", new byte[] {31, -117, 8, 0}).run(request, response);
            }),
        row(
            "compressed-events",
            500,
            INTERNAL,
            (request, response) -> {
              response.setHeader("Content-Encoding", "gzip");
              response.addHeader("X-Kept", "1");
              response.addHeader("X-Kept", "2");
              body("text/event-stream", new byte[] {31, -117, 8, 0}).run(request, response);
            }),
        row(
            "utf-16",
            500,
            INTERNAL,
            body("application/json;charset=UTF-16LE", LIST.getBytes(StandardCharsets.UTF_16LE))),
        row(
            "undeclared-utf-16",
            500,
            INTERNAL,
            body("application/json", LIST.getBytes(StandardCharsets.UTF_16LE))),
        row(
            "latin-1",
            500,
            INTERNAL,
            body(
                "application/json;charset=iso-8859-1", LIST.getBytes(StandardCharsets.ISO_8859_1))),
        row(
            "too-large",
            500,
            INTERNAL,
            json(
                "application/json",
                (request, response) -> {
                  for (int i = 0; i < 17; i++) {
                    response.getOutputStream().write(new byte[1 << 20]);
                  }
                })));
  }

  @LogsWarning("withheld a response, because it can't be filtered")
  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void aListThatCannotBeFilteredIsNotSent(Container container) throws Exception {
    assertRows(container, bodiesThatCannotBeFiltered().toList());
  }

  private void assertRows(Container container, List<Row> rows) throws Exception {
    Map<String, Action> actions = new TreeMap<>();
    rows.forEach(row -> actions.put(row.name, row.action));
    try (Container.Running server = start(container, directory, actions)) {
      for (Row row : rows) {
        RawResponse response = post(server, row.name);

        assertThat(response.status()).as(row.name).isEqualTo(row.status);
        assertThat(text(response)).as(row.name).isEqualTo(row.body);
        assertLength(response, row.name);
        assertThat(response.header("Content-Encoding")).as(row.name).isEmpty();
        if (row.name.startsWith("compressed")) {
          assertThat(response.header("X-Kept")).as(row.name).containsExactly("1", "2");
        }
      }
    }
  }

  /** What follows the id is seen too late. */
  @LogsWarning("withheld a")
  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void anErrorAfterAGiantIdIsNotSent(Container container) throws Exception {
    byte[] error =
        utf8("{\"id\":\"" + "x".repeat(17 << 20) + "\",\"error\":{\"data\":\"FooException\"}}");
    Map<String, Action> actions = new TreeMap<>();
    actions.put("json", body("application/json", error));
    actions.put(
        "event",
        json(
            "text/event-stream",
            (request, response) -> {
              response.getOutputStream().print("data: ");
              response.getOutputStream().write(error);
            }));
    try (Container.Running server = start(container, directory, actions)) {
      RawResponse json = post(server, "json", "X-Errors-Only: 1");

      assertThat(json.status()).isEqualTo(500);
      assertThat(json.body()).isEqualTo(INTERNAL);
      assertThat(post(server, "event", "X-Errors-Only: 1").body())
          .isEqualTo("data: " + INTERNAL + "\n\n");
    }
  }

  private static Stream<Row> lateDecisions() {
    return Stream.of(
        row("nothing", 202, "", (request, response) -> response.setStatus(202)),
        row(
            "no-content",
            204,
            "",
            (request, response) -> {
              response.setContentType("application/json");
              response.setStatus(204);
              response.flushBuffer();
            }),
        row(
            "late-status",
            400,
            CLEAN,
            (request, response) -> {
              response.setContentType("application/json");
              response.getWriter().write(LEAK);
              response.setStatus(400);
            }),
        row(
            "reset",
            200,
            FILTERED,
            (request, response) -> {
              response.setStatus(400);
              response.getWriter().write(LEAK);
              response.reset();
              response.setContentType("application/json;charset=utf-8");
              response.getOutputStream().write(utf8(LIST));
            }),
        row(
            "reset-buffer",
            200,
            FILTERED,
            (request, response) -> {
              response.setContentType("application/json;charset=utf-8");
              response.getWriter().write("x".repeat(20_000));
              response.resetBuffer();
              response.getWriter().write(LIST);
            }),
        row(
            "send-error",
            404,
            INTERNAL.replace("-32603", "-32600").replace("Internal error", "Not found"),
            (request, response) -> {
              response.setContentType("text/event-stream");
              response.getWriter().write("data: x\n\n");
              response.sendError(404);
              assertThat(response.isCommitted()).isTrue();
              response.getWriter().write("data: x\n\n");
            }),
        row(
            "send-error-message",
            503,
            INTERNAL.replace("Internal error", "Server is shutting down"),
            (request, response) -> response.sendError(503, "Server is shutting down")),
        row(
            "send-error-async",
            500,
            INTERNAL,
            (request, response) -> {
              AsyncContext async = request.startAsync();
              response.getWriter();
              response.sendError(500, "java.lang.NullPointerException");
              async.complete();
            }),
        row(
            "too-late",
            200,
            FILTERED,
            (request, response) -> {
              response.setContentType("application/json;charset=utf-8");
              response.getWriter().write(LIST);
              response.flushBuffer();
              List<Class<?>> failures = new ArrayList<>();
              for (Action late :
                  List.<Action>of(
                      (a, b) -> b.reset(), (a, b) -> b.resetBuffer(), (a, b) -> b.sendError(400))) {
                try {
                  late.run(request, response);
                } catch (IllegalStateException e) {
                  failures.add(e.getClass());
                }
              }
              assertThat(failures).hasSize(3);
            }),
        row(
            "many-errors",
            500,
            INTERNAL,
            (request, response) -> {
              response.setStatus(500);
              for (int i = 0; i < 300; i++) {
                response.getOutputStream().write(new byte[1024]);
              }
            }));
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void statusAndBodyMayBeDecidedUntilTheServletFlushes(Container container) throws Exception {
    assertRows(container, lateDecisions().toList());
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void anythingElseIsPassedOnAsItIsWritten(Container container) throws Exception {
    Map<String, Action> actions = new TreeMap<>();
    byte[] binary = new byte[100_000];
    Arrays.fill(binary, (byte) 200);
    actions.put("binary", body("application/octet-stream", binary));
    actions.put("html", body("text/html", utf8("<p>FooException")));
    actions.put("json", body("application/json", utf8("{\"a\":[1,2]}")));
    actions.put("redirect", (request, response) -> response.sendRedirect("/elsewhere"));
    try (Container.Running server = start(container, directory, actions)) {
      assertThat(send(server, "GET", "binary").body()).hasSize(binary.length);
      assertThat(send(server, "GET", "html").body()).isEqualTo("<p>FooException");
      assertThat(send(server, "GET", "json").body()).isEqualTo("{\"a\":[1,2]}");
      assertThat(send(server, "GET", "json", "X-Errors-Only: 1").body()).isEqualTo("{\"a\":[1,2]}");
      assertThat(send(server, "GET", "redirect").status()).isEqualTo(302);
      assertThat(send(server, "HEAD", "json").body()).isEmpty();
    }
  }
}
