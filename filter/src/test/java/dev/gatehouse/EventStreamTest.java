package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LateFlush;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The headers of an event stream are sent before its first event, because clients hold a lock until
 * they arrive.
 */
class EventStreamTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  /** The order in which a servlet gets its body and starts async processing. */
  private enum Opening {
    /** As the MCP Java SDK does. */
    ASYNC_FIRST,
    BODY_FIRST,
    BODY_FIRST_ASYNC_WITH_ARGUMENTS,
    /** Async, but with a type that is known only after the body. */
    TYPE_LAST
  }

  /** Opens a stream; the test sends the events. */
  private static final class OpenStream extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient BlockingQueue<AsyncContext> opened = new LinkedBlockingQueue<>();
    private final boolean byWriter;
    private final Opening opening;

    OpenStream(boolean byWriter, Opening opening) {
      this.byWriter = byWriter;
      this.opening = opening;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      opened.add(
          opening == Opening.ASYNC_FIRST
              ? asyncFirst(request, response)
              : bodyFirst(request, response));
    }

    private AsyncContext asyncFirst(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      AsyncContext async = request.startAsync();
      async.setTimeout(0);
      response.setContentType("Text/Event-Stream;charset=utf-8");
      response.setHeader("X-Before", "1");
      getBody(response);
      return async;
    }

    private AsyncContext bodyFirst(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setCharacterEncoding("utf-8");
      if (opening != Opening.TYPE_LAST) {
        response.setContentType("text/event-stream");
      }
      getBody(response);
      response.setContentType("text/event-stream");
      response.setHeader("X-Before", "1");
      AsyncContext async =
          opening == Opening.BODY_FIRST_ASYNC_WITH_ARGUMENTS
              ? request.startAsync(request, response)
              : request.startAsync();
      async.setTimeout(0);
      return async;
    }

    private void getBody(HttpServletResponse response) throws IOException {
      if (byWriter) {
        response.getWriter();
      } else {
        response.getOutputStream();
      }
    }
  }

  private static Settings settings(String origin, FakeAuthorizationServer as) {
    return TestSettings.builder()
        .resource(origin + "/mcp")
        .issuer(as.issuer())
        .introspectionEndpoint(as.introspectionEndpoint())
        .clientId("mcp-filter")
        .clientSecret(Secrets.CLIENT_SECRET)
        .build();
  }

  private static ProtectedServer guarding(HttpServlet servlet, FakeAuthorizationServer as)
      throws Exception {
    return guarding(servlet, as, context -> {});
  }

  /** The registration can add filters in front of ours. */
  static ProtectedServer guarding(
      HttpServlet servlet, FakeAuthorizationServer as, Consumer<ServletContext> registration)
      throws Exception {
    ProtectedServer server =
        new ProtectedServer(
            "/",
            origin ->
                context -> {
                  ProtectedServer.addServlet(context, "mcp", servlet, "/mcp");
                  registration.accept(context);
                  McpAuthFilter.register(context, "mcp", settings(origin, as));
                });
    as.introspection(json(200, "{\"active\":true,\"aud\":\"" + server.mcp() + "\"}"));
    return server;
  }

  static void addLateFlush(ServletContext context) {
    ProtectedServer.addFilter(context, "late-flush", new LateFlush(), "mcp");
  }

  static Stream<Arguments> openings() {
    return Arrays.stream(Opening.values())
        .flatMap(
            opening ->
                Stream.of(true, false)
                    .flatMap(
                        byWriter ->
                            Stream.of(true, false)
                                .map(flushes -> Arguments.of(opening, byWriter, flushes))));
  }

  @ParameterizedTest(name = "{0}, by writer: {1}, container flushes empty bodies: {2}")
  @MethodSource("openings")
  void theHeadersOfAStreamAreSentBeforeAnyEvent(
      Opening opening, boolean byWriter, boolean flushesEmptyBody) throws Exception {
    OpenStream stream = new OpenStream(byWriter, opening);
    try (var as = new FakeAuthorizationServer();
        var server =
            guarding(stream, as, flushesEmptyBody ? context -> {} : EventStreamTest::addLateFlush);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(30_000);
      String request =
          RawClient.request("GET /mcp", List.of("Authorization: Bearer " + Secrets.token()));
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));

      // The test sends no event before the headers have arrived.
      assertThat(head(in)).contains("X-Before: 1").first().asString().contains(" 200 ");

      AsyncContext async = stream.opened.poll(30, TimeUnit.SECONDS);
      assertThat(async).isNotNull();
      if (byWriter) {
        async.getResponse().getWriter().print("data: 1\n\n");
        async.getResponse().getWriter().flush();
      } else {
        async.getResponse().getOutputStream().print("data: 1\n\n");
        async.getResponse().getOutputStream().flush();
      }
      assertThat(in.lines().takeWhile(line -> !line.startsWith("data:")))
          .contains(":")
          .filteredOn(line -> !line.matches("[0-9a-fA-F]*")) // without chunk sizes and blank lines
          .hasSize(1);
      async.complete();
    }
  }

  private static List<String> head(BufferedReader in) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      lines.add(line);
    }
    return lines;
  }

  @Test
  void otherResponsesCanChangeTheirStatusAfterGetWriter() throws Exception {
    HttpServlet servlet =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            response.setContentType("application/json");
            response.getWriter().print("{}");
            response.setStatus(404);
          }
        };
    try (var as = new FakeAuthorizationServer();
        var server = guarding(servlet, as)) {
      assertThat(server.get("/mcp", "Authorization", "Bearer " + Secrets.token()).statusCode())
          .isEqualTo(404);
    }
  }
}
