package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.AsyncContext;
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
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The headers of an event stream are sent before its first event, because clients hold a lock until
 * they arrive.
 */
class EventStreamTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  /** Opens a stream as the MCP Java SDK does; the test sends the events. */
  private static final class Stream extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient BlockingQueue<AsyncContext> opened = new LinkedBlockingQueue<>();
    private final boolean byWriter;

    Stream(boolean byWriter) {
      this.byWriter = byWriter;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      AsyncContext async = request.startAsync();
      async.setTimeout(0);
      response.setContentType("Text/Event-Stream;charset=utf-8");
      response.setHeader("X-Before", "1");
      if (byWriter) {
        response.getWriter();
      } else {
        response.getOutputStream();
      }
      opened.add(async);
    }
  }

  private static ProtectedServer guarding(HttpServlet servlet, FakeAuthorizationServer as)
      throws Exception {
    ProtectedServer server =
        ProtectedServer.guarding(
            servlet,
            origin ->
                TestSettings.builder()
                    .resource(origin + "/mcp")
                    .issuer(as.issuer())
                    .introspectionEndpoint(as.introspectionEndpoint())
                    .clientId("mcp-filter")
                    .clientSecret(Secrets.CLIENT_SECRET)
                    .build());
    as.introspection(json(200, "{\"active\":true,\"aud\":\"" + server.mcp() + "\"}"));
    return server;
  }

  @ParameterizedTest(name = "by writer: {0}")
  @ValueSource(booleans = {true, false})
  void theHeadersOfAStreamAreSentBeforeAnyEvent(boolean byWriter) throws Exception {
    Stream stream = new Stream(byWriter);
    try (var as = new FakeAuthorizationServer();
        var server = guarding(stream, as);
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
      assertThat(in.lines().takeWhile(line -> !line.startsWith("data:")).count()).isLessThan(3);
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
