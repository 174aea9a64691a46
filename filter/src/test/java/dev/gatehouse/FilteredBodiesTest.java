package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.mcp.BodyFilters;
import dev.gatehouse.internal.mcp.ListVisibility;
import dev.gatehouse.internal.servlet.FinishableResponse;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Filtered bodies of servlets that write in every way, on real containers. */
class FilteredBodiesTest {

  private static final String HIDDEN = "hidden";
  static final ListVisibility LISTS = (method, name) -> !name.startsWith(HIDDEN);

  /** Long enough not to fit into any container's buffer. */
  private static final String LONG = "ü€😀x".repeat(60_000);

  private static final String LIST =
      "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"tools\":[{\"name\":\"hidden\"},"
          + "{\"name\":\"seen\",\"description\":\"grün\"}],\"nextCursor\":\"c\"}}";
  private static final String FILTERED = LIST.replace("{\"name\":\"hidden\"},", "");
  private static final String LONG_LIST = LIST.replace("grün", LONG);
  private static final String LONG_FILTERED = FILTERED.replace("grün", LONG);
  private static final String LEAK =
      "{\"stackTrace\":[{\"className\":\"A\"}],\"jsonRpcError\":"
          + "{\"code\":-32600,\"message\":\"Invalid message format: Unexpected\"}}";
  private static final String CLEAN =
      "{\"jsonrpc\":\"2.0\",\"id\":7,"
          + "\"error\":{\"code\":-32600,\"message\":\"Invalid message format\"}}";
  private static final String INTERNAL =
      "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32603,\"message\":\"Internal error\"}}";

  @TempDir Path directory;

  /** What a servlet does. */
  @FunctionalInterface
  interface Action {
    void run(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException;
  }

  /** Applies the filters as the product does. */
  static final class TestFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      HttpServletResponse filtered =
          BodyFilters.wrap(
              request, response, "7", request.getHeader("X-Errors-Only") == null ? LISTS : null);
      FinishingRequest finishing = new FinishingRequest(request, filtered);
      chain.doFilter(finishing, filtered);
      if (!request.isAsyncStarted() || finishing.completed) {
        FinishableResponse.finishAll(filtered, null, () -> {});
      }
    }
  }

  /** Its async context finishes the body before it completes. */
  private static final class FinishingRequest extends HttpServletRequestWrapper {

    private final ServletResponse response;
    private volatile boolean completed;

    FinishingRequest(HttpServletRequest request, ServletResponse response) {
      super(request);
      this.response = response;
    }

    @Override
    public AsyncContext startAsync() {
      return startAsync(this, response);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
      AsyncContext target = super.startAsync(request, response);
      return (AsyncContext)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {AsyncContext.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("complete")) {
                  completed = true;
                  FinishableResponse.finishAll(response, null, target::complete);
                  return null;
                }
                try {
                  return method.invoke(target, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  private Container.Running start(Container container, Map<String, Action> actions)
      throws Exception {
    HttpServlet servlet =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException, ServletException {
            Objects.requireNonNull(actions.get(request.getQueryString())).run(request, response);
          }
        };
    return container.start(
        directory,
        context -> {
          ProtectedServer.addServlet(context, "mcp", servlet, "/mcp");
          var filter = context.addFilter("bodies", new TestFilter());
          filter.setAsyncSupported(true);
          filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
        });
  }

  private static RawResponse post(Container.Running server, String action, String... headers)
      throws IOException {
    return send(server, "POST", action, headers);
  }

  private static RawResponse send(
      Container.Running server, String method, String action, String... headers)
      throws IOException {
    List<String> lines = new ArrayList<>(Arrays.asList(headers));
    lines.add("Accept: application/json, text/event-stream");
    return RawClient.send(server.port(), RawClient.request(method + " /mcp?" + action, lines));
  }

  private static String text(RawResponse response) {
    return new String(
        response.body().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static Action json(String type, Action action) {
    return (request, response) -> {
      response.setContentType(type);
      action.run(request, response);
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Every way of writing a text; the names tell which. */
  private static Map<String, Action> waysOfWriting(String type, String text) {
    Map<String, Action> ways = new TreeMap<>();
    ways.put("stream", (request, response) -> response.getOutputStream().write(utf8(text)));
    ways.put(
        "stream-closed",
        (request, response) -> {
          response.getOutputStream().write(utf8(text));
          response.getOutputStream().close();
        });
    ways.put(
        "stream-flushed",
        (request, response) -> {
          response.flushBuffer();
          for (int i = 0; i < 10; i++) {
            response.getOutputStream().write(utf8(text)[i]);
            response.getOutputStream().flush();
          }
          response.getOutputStream().write(utf8(text), 10, utf8(text).length - 10);
          response.flushBuffer();
        });
    ways.put(
        "stream-with-length",
        (request, response) -> {
          response.setContentLength(utf8(text).length);
          response.getOutputStream().write(utf8(text));
        });
    ways.put(
        "writer",
        (request, response) -> {
          PrintWriter writer = response.getWriter();
          for (int i = 0; i < 100; i++) {
            writer.write(text.charAt(i));
          }
          writer.append(text, 100, text.length());
        });
    ways.put(
        "writer-flushed",
        (request, response) -> {
          response.getWriter().write(text.substring(0, 40));
          response.getWriter().flush();
          response.getWriter().write(text.substring(40));
          assertThat(response.getWriter().checkError()).isFalse();
          assertThat(response.isCommitted()).isTrue();
        });
    ways.put(
        "async",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          async.start(
              () -> {
                try {
                  response.getOutputStream().write(utf8(text));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
                async.complete();
              });
        });
    ways.put(
        "async-writer",
        (request, response) -> {
          PrintWriter writer = response.getWriter();
          AsyncContext async = request.startAsync();
          writer.write(text);
          writer.flush();
          async.complete();
        });
    for (int size : new int[] {1, 1000, 1 << 20}) {
      ways.put("listener-" + size, nonBlocking(text, size, false));
    }
    ways.put("listener-closed", nonBlocking(text, 5000, true));
    Map<String, Action> typed = new TreeMap<>();
    ways.forEach((name, way) -> typed.put(name, json(type, way)));
    return typed;
  }

  /** Writes a text in parts of this size, whenever the container is ready for one. */
  private static Action nonBlocking(String text, int size, boolean closes) {
    return (request, response) -> {
      AsyncContext async = request.startAsync();
      ServletOutputStream out = response.getOutputStream();
      byte[] bytes = utf8(text.length() > 10_000 && size == 1 ? text.substring(0, 100) : text);
      byte[] whole = text.length() > 10_000 && size == 1 ? utf8(text) : bytes;
      out.setWriteListener(
          new WriteListener() {
            private int at;

            @Override
            public void onWritePossible() throws IOException {
              while (out.isReady()) {
                if (at == whole.length) {
                  if (closes) {
                    out.close();
                  }
                  async.complete();
                  return;
                }
                int length = Math.min(at < bytes.length ? size : whole.length, whole.length - at);
                at += length;
                out.write(whole, at - length, length);
              }
            }

            @Override
            public void onError(Throwable failure) {
              async.complete();
            }
          });
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void aListIsFilteredHoweverItsServletWritesIt(Container container) throws Exception {
    for (boolean isLong : new boolean[] {false, true}) {
      Map<String, Action> ways =
          waysOfWriting("application/json;charset=utf-8", isLong ? LONG_LIST : LIST);
      try (Container.Running server = start(container, ways)) {
        for (String way : ways.keySet()) {
          RawResponse response = post(server, way);

          assertThat(response.status()).as(way).isEqualTo(200);
          assertThat(text(response)).as(way).isEqualTo(isLong ? LONG_FILTERED : FILTERED);
          assertLength(response, way);
          assertThat(text(post(server, way, "X-Errors-Only: 1")))
              .as(way)
              .isEqualTo(isLong ? LONG_LIST : LIST);
        }
      }
    }
  }

  private static void assertLength(RawResponse response, String way) {
    assertThat(response.header("Content-Length"))
        .as(way)
        .isSubsetOf(String.valueOf(response.body().length()));
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void anEventStreamIsFilteredHoweverItsServletWritesIt(Container container) throws Exception {
    for (String list : List.of(LIST, LONG_LIST)) {
      String stream = ": c\n\nid: 1\ndata: " + list + "\n\ndata: {\"method\":\"x\"}\r\n\r\n";
      Map<String, Action> ways = waysOfWriting("text/event-stream;charset=utf-8", stream);
      try (Container.Running server = start(container, ways)) {
        for (String way : ways.keySet()) {
          for (String method : List.of("GET", "POST")) {
            RawResponse response = send(server, method, way);

            assertThat(response.status()).as(way).isEqualTo(200);
            assertThat(text(response))
                .as(way)
                .isEqualTo(stream.replace("{\"name\":\"hidden\"},", ""));
          }
          assertThat(text(post(server, way, "X-Errors-Only: 1"))).as(way).isEqualTo(stream);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void anErrorIsCleanedHoweverItsServletWritesIt(Container container) throws Exception {
    Map<String, Action> ways = new TreeMap<>();
    waysOfWriting("application/json;charset=utf-8", LEAK + " ".repeat(100))
        .forEach(
            (way, action) ->
                ways.put(
                    way,
                    (request, response) -> {
                      response.setStatus(400);
                      action.run(request, response);
                    }));
    try (Container.Running server = start(container, ways)) {
      for (String way : ways.keySet()) {
        for (String[] headers : new String[][] {{}, {"X-Errors-Only: 1"}}) {
          RawResponse response = post(server, way, headers);

          assertThat(response.status()).as(way).isEqualTo(400);
          assertThat(response.body()).as(way).isEqualTo(CLEAN);
          assertLength(response, way);
        }
      }
    }
  }

  /** An action, and the status and body of the response that is expected. */
  private record Row(String name, int status, String body, Action action) {}

  private static Row row(String name, int status, String body, Action action) {
    return new Row(name, status, body, action);
  }

  private static Action body(String type, byte[] bytes) {
    return json(type, (request, response) -> response.getOutputStream().write(bytes));
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
    try (Container.Running server = start(container, actions)) {
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
    try (Container.Running server = start(container, actions)) {
      assertThat(send(server, "GET", "binary").body()).hasSize(binary.length);
      assertThat(send(server, "GET", "html").body()).isEqualTo("<p>FooException");
      assertThat(send(server, "GET", "json").body()).isEqualTo("{\"a\":[1,2]}");
      assertThat(send(server, "GET", "json", "X-Errors-Only: 1").body()).isEqualTo("{\"a\":[1,2]}");
      assertThat(send(server, "GET", "redirect").status()).isEqualTo(302);
      assertThat(send(server, "HEAD", "json").body()).isEmpty();
    }
  }
}
