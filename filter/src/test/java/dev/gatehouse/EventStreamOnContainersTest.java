package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Until a stream begins, its servlet may change status and headers, as on POST. */
class EventStreamOnContainersTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  /** What a servlet does. */
  @FunctionalInterface
  private interface Action {
    void run(HttpServletRequest request, HttpServletResponse response) throws IOException;
  }

  private static HttpServlet servlet(Action action) {
    return new HttpServlet() {
      private static final long serialVersionUID = 1L;

      @Override
      protected void service(HttpServletRequest request, HttpServletResponse response)
          throws IOException {
        action.run(request, response);
      }
    };
  }

  private static McpAuthFilter filter(FakeAuthorizationServer as) {
    as.introspection(json(200, "{\"active\":true,\"aud\":\"https://mcp.example/mcp\"}"));
    return new McpAuthFilter(
        TestSettings.builder()
            .resource("https://mcp.example/mcp")
            .issuer(as.issuer())
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientAuthMethod("none")
            .selfTest(false)
            .build());
  }

  private static RawResponse send(Container.Running server, String method) throws IOException {
    return RawClient.send(
        server.port(),
        RawClient.request(
            method + " /mcp",
            List.of("Authorization: Bearer " + Secrets.token(), "Accept: text/event-stream")));
  }

  /** A late decision of the servlet, after it has got the body of an event stream. */
  private static Arguments row(
      Container container, String name, int status, String body, Action decision) {
    return Arguments.of(container, name, status, body, decision);
  }

  static Stream<Arguments> lateDecisions() {
    return Stream.of(Container.UNDERTOW_16, Container.TOMCAT_32, Container.JETTY_64)
        .flatMap(
            container ->
                Stream.of(
                    row(
                        container,
                        "404 with a header",
                        404,
                        "no such session",
                        (request, response) -> {
                          PrintWriter writer = response.getWriter();
                          response.setStatus(404);
                          response.setHeader("X-Late", "1");
                          writer.print("no such session");
                        }),
                    row(
                        container,
                        "404 to the output stream",
                        404,
                        "no such session",
                        (request, response) -> {
                          var out = response.getOutputStream();
                          response.setStatus(404);
                          response.setHeader("X-Late", "1");
                          out.print("no such session");
                        }),
                    row(
                        container,
                        "another type",
                        409,
                        "{}",
                        (request, response) -> {
                          PrintWriter writer = response.getWriter();
                          response.setContentType("application/json");
                          response.setStatus(409);
                          response.setHeader("X-Late", "1");
                          writer.print("{}");
                          writer.flush();
                        }),
                    row(
                        container,
                        "a header alone",
                        200,
                        "data: 1\n\n",
                        (request, response) -> {
                          PrintWriter writer = response.getWriter();
                          response.setHeader("X-Late", "1");
                          writer.print("data: 1\n\n");
                        }),
                    row(
                        container,
                        "a reset",
                        400,
                        "bad",
                        (request, response) -> {
                          response.getWriter().print("data: 1\n\n");
                          response.reset();
                          response.setStatus(400);
                          response.setHeader("X-Late", "1");
                          response.getOutputStream().print("bad");
                        }),
                    row(
                        container,
                        "404 before async processing",
                        404,
                        "later",
                        (request, response) -> {
                          PrintWriter writer = response.getWriter();
                          response.setStatus(404);
                          response.setHeader("X-Late", "1");
                          AsyncContext async = request.startAsync();
                          writer.print("later");
                          async.complete();
                        })));
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void theBytesOfWhatAServletPrintsAreThoseOfTheContainer(Container container) throws Exception {
    List<Action> actions =
        List.of(
            (request, response) -> {
              var out = response.getOutputStream();
              out.print("gr\u00fcn");
              out.println("\u00fc");
              out.print('\u00fc');
              out.println(1.5);
              out.println();
              out.print(true);
            },
            (request, response) -> {
              PrintWriter writer = response.getWriter();
              writer.printf("%s %d\u20ac%n", "gr\u00fcn", 1);
              writer.append('\u00fc').append("a\u20acb", 1, 2);
              writer.println(new char[] {'\u20ac'});
              writer.println(1.5);
              writer.println();
            });
    for (Action action : actions) {
      HttpServlet servlet =
          servlet(
              (request, response) -> {
                response.setContentType("text/plain;charset=utf-8");
                action.run(request, response);
              });
      try (FakeAuthorizationServer as = new FakeAuthorizationServer();
          Container.Running server = container.start(servlet, filter(as), directory)) {
        String unwrapped = send(server, "POST").body();
        assertThat(send(server, "GET").body()).isEqualTo(unwrapped).contains("1.5");
      }
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("lateDecisions")
  void aServletMayChangeStatusAndHeadersUntilTheStreamBegins(
      Container container, String name, int status, String body, Action decision) throws Exception {
    HttpServlet servlet =
        servlet(
            (request, response) -> {
              response.setContentType("text/event-stream");
              decision.run(request, response);
            });
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        Container.Running server = container.start(servlet, filter(as), directory)) {
      for (String method : List.of("GET", "POST")) {
        RawResponse response = send(server, method);

        assertThat(response.status()).as(method).isEqualTo(status);
        assertThat(response.header("X-Late")).as(method).containsExactly("1");
        assertThat(response.body()).as(method).isEqualTo(body);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void theHeadersAreSentWhenAsyncProcessingStarts(Container container) throws Exception {
    BlockingQueue<AsyncContext> opened = new LinkedBlockingQueue<>();
    HttpServlet servlet =
        servlet(
            (request, response) -> {
              response.setContentType("text/event-stream");
              response.getWriter();
              response.setHeader("X-Late", "1");
              AsyncContext async = request.startAsync();
              async.setTimeout(0);
              opened.add(async);
            });
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        Container.Running server = container.start(servlet, filter(as), directory);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(
              RawClient.request("GET /mcp", List.of("Authorization: Bearer " + Secrets.token()))
                  .getBytes(StandardCharsets.ISO_8859_1));
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith(":\n\n")) {
        int octet = socket.getInputStream().read();
        assertThat(octet).as(head.toString()).isNotNegative();
        head.append((char) octet);
      }

      // The servlet has written nothing yet.
      assertThat(head).contains(" 200 ").contains("X-Late: 1");
      AsyncContext async = opened.poll(30, TimeUnit.SECONDS);
      assertThat(async).isNotNull();
      async.complete();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void noEventIsTornThatAnotherThreadWritesMeanwhile(Container container) throws Exception {
    HttpServlet servlet =
        servlet(
            (request, response) -> {
              response.setContentType("text/event-stream");
              PrintWriter writer = response.getWriter();
              CyclicBarrier together = new CyclicBarrier(2);
              Thread other =
                  new Thread(
                      () -> {
                        await(together);
                        writer.print("da");
                        writer.print("ta: ");
                        writer.print("1\n\n");
                      });
              other.start();
              await(together);
              AsyncContext async = request.startAsync();
              join(other);
              async.complete();
            });
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        Container.Running server = container.start(servlet, filter(as), directory)) {
      for (int i = 0; i < 200; i++) {
        assertThat(send(server, "GET").body()).isIn("data: 1\n\n", ":\n\ndata: 1\n\n");
      }
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(30_000);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
