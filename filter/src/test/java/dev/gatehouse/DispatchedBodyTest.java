package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The body of a response arrives whole, whichever dispatch writes it and however. */
class DispatchedBodyTest {

  private static final String BODY =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"text\":\"wärme\"}}";

  private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

  @TempDir Path directory;

  /** How the protected servlet lets the other one write. */
  enum Via {
    ITSELF,
    FORWARD,
    FORWARD_TO_PROTECTED,
    FORWARD_TO_STREAM,
    INCLUDE,
    ASYNC_TO_ITSELF,
    ASYNC_TO_PROTECTED,
    ASYNC_WITH_GIVEN_RESPONSE_TO_ITSELF,
    ASYNC_WITH_GIVEN_RESPONSE_TO_PROTECTED
  }

  /** Writes without flushing or closing. */
  private static final class Target extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      write(request, response);
    }
  }

  private static final class Entry extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      if (request.getDispatcherType() == DispatcherType.ASYNC) {
        write(request, response);
        return;
      }
      switch (Via.valueOf(request.getParameter("via"))) {
        case ITSELF -> write(request, response);
        case FORWARD -> request.getRequestDispatcher("/target").forward(request, response);
        case FORWARD_TO_STREAM ->
            request.getRequestDispatcher("/stream").forward(request, response);
        case FORWARD_TO_PROTECTED ->
            request.getRequestDispatcher("/protected").forward(request, response);
        case INCLUDE -> {
          type(request, response);
          request.getRequestDispatcher("/target").include(request, response);
        }
        case ASYNC_TO_ITSELF -> request.startAsync().dispatch();
        case ASYNC_TO_PROTECTED -> request.startAsync().dispatch("/protected");
        case ASYNC_WITH_GIVEN_RESPONSE_TO_ITSELF ->
            request.startAsync(request, response).dispatch();
        case ASYNC_WITH_GIVEN_RESPONSE_TO_PROTECTED ->
            request.startAsync(request, response).dispatch("/protected");
      }
    }
  }

  private static void type(HttpServletRequest request, HttpServletResponse response) {
    String type = request.getParameter("type");
    if (type != null) {
      response.setContentType(type);
    }
    response.setCharacterEncoding("UTF-8");
  }

  private static void write(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    type(request, response);
    if ("writer".equals(request.getParameter("by"))) {
      response.getWriter().print(BODY);
    } else {
      response.getOutputStream().write(BODY.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Container container :
        List.of(Container.JETTY_64, Container.TOMCAT_32, Container.UNDERTOW_16)) {
      for (boolean rules : new boolean[] {false, true}) {
        cases.add(Arguments.of(container, rules));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyDispatchDeliversItsBody(Container container, boolean rules) throws Exception {
    List<String> wrong = new ArrayList<>();
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        var server =
            container.start(
                directory,
                context -> {
                  ProtectedServer.addServlet(context, "mcp", new Entry(), "/mcp");
                  ProtectedServer.addServlet(context, "target", new Target(), "/target");
                  ProtectedServer.addServlet(context, "protected", new Target(), "/protected");
                  ProtectedServer.addFilter(
                      context, "gatehouse", new McpAuthFilter(settings(as, rules)), "mcp");
                  context
                      .getFilterRegistration("gatehouse")
                      .addMappingForServletNames(
                          EnumSet.allOf(DispatcherType.class), true, "protected");
                })) {
      for (Via via : EnumSet.complementOf(EnumSet.of(Via.FORWARD_TO_STREAM))) {
        for (String by : List.of("writer", "stream")) {
          for (String type : List.of("", "&type=text/plain", "&type=application/json")) {
            for (String method : List.of("GET", "POST")) {
              String line = method + " /mcp?via=" + via + "&by=" + by + type;
              RawResponse response =
                  RawClient.send(
                      server.port(),
                      RawClient.request(
                              line,
                              List.of(
                                  "Authorization: Bearer some-token",
                                  "Content-Type: application/json",
                                  "Content-Length: " + (method.equals("GET") ? 0 : PING.length())))
                          + (method.equals("GET") ? "" : PING));
              if (response.status() != 200 || !response.body().contains("\"result\":")) {
                wrong.add(line + " -> " + response.status() + " " + response.body());
              }
            }
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** Chooses its writer first, so that only the start of async processing can open the stream. */
  private static final class Streaming extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/event-stream");
      response.getWriter();
      request.startAsync().setTimeout(0);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_16"})
  void aStreamIsOpenedBeforeItsFirstEventAlsoAfterAForward(Container container) throws Exception {
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        var server =
            container.start(
                directory,
                context -> {
                  ProtectedServer.addServlet(context, "mcp", new Entry(), "/mcp");
                  ProtectedServer.addServlet(context, "stream", new Streaming(), "/stream");
                  McpAuthFilter filter = new McpAuthFilter(settings(as, false));
                  ProtectedServer.addFilter(context, "gatehouse", filter, "mcp");
                  context
                      .getFilterRegistration("gatehouse")
                      .addMappingForServletNames(
                          EnumSet.allOf(DispatcherType.class), true, "stream");
                });
        Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      client.setSoTimeout(60_000);
      client
          .getOutputStream()
          .write(
              RawClient.request(
                      "GET /mcp?via=FORWARD_TO_STREAM", List.of("Authorization: Bearer some-token"))
                  .getBytes(StandardCharsets.US_ASCII));

      StringBuilder received = new StringBuilder();
      while (!received.toString().contains(":\n\n")) {
        int next = client.getInputStream().read();
        assertThat(next).as(received.toString()).isNotNegative();
        received.append((char) next);
      }
      assertThat(received.toString()).startsWith("HTTP/1.1 200");
    }
  }

  private static Settings settings(FakeAuthorizationServer as, boolean rules) {
    as.introspection(
        FakeAuthorizationServer.json(
            200, "{\"active\":true,\"sub\":\"u\",\"aud\":\"https://mcp.example/mcp\"}"));
    SettingsBuilder settings =
        TestSettings.builder()
            .resource("https://mcp.example/mcp")
            .issuer(as.issuer())
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientAuthMethod("none");
    if (rules) {
      settings.set("mcp-rules", "tool secret: admin");
    }
    return settings.build();
  }
}
