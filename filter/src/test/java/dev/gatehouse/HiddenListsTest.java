package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unusual requests and responses: what a caller may not see stays hidden. */
class HiddenListsTest {

  private static final String RULES = "tool secret: admin; tool *: notes:read";

  private static final String LIST =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":["
          + "{\"name\":\"secret\"},{\"name\":\"seen\"}]}}";

  /** Is not recognized as an error by its first quarter of a megabyte. */
  private static final String LONG_ERROR =
      "{\"jsonrpc\":\"2.0\",\"id\":\"%s\",\"error\":{\"code\":1,\"message\":\"x.YException\"}}"
          .formatted("i".repeat(400_000));

  private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
  private static final String LIST_TOOLS = PING.replace("ping", "tools/list");

  /** Responds with the list, as a server that repeats it; echoes the body if asked to. */
  private static final class ListServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      String body = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (request.getHeader("X-Echo") != null) {
        response.setContentType("text/plain");
        response.getOutputStream().print("read " + body);
      } else if (request.getHeader("X-Bad-Status") != null) {
        response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
        response.setContentType("text/event-stream");
        response.getOutputStream().print("data: " + LIST + "\n\n");
      } else if (request.getHeader("X-Long-Id") != null) {
        response.setContentType("application/json");
        for (int i = 0; i < LONG_ERROR.length(); i += 4000) {
          response
              .getOutputStream()
              .print(LONG_ERROR.substring(i, Math.min(LONG_ERROR.length(), i + 4000)));
        }
      } else if (request.getMethod().equals("POST")) {
        response.setContentType("application/json");
        response.getOutputStream().print(LIST);
      } else {
        response.setContentType("text/event-stream");
        response.getOutputStream().print("id: 1\ndata: " + LIST + "\n\n");
      }
    }
  }

  private static Settings settings(FakeAuthorizationServer as, String origin) {
    as.introspection(
        FakeAuthorizationServer.json(
            200,
            "{\"active\":true,\"sub\":\"u\",\"aud\":\"%s/mcp\",\"scope\":\"notes:read\"}"
                .formatted(origin)));
    return TestSettings.builder()
        .resource(origin + "/mcp")
        .issuer(as.issuer())
        .introspectionEndpoint(as.introspectionEndpoint())
        .clientAuthMethod("none")
        .set("mcp-rules", RULES)
        .build();
  }

  private static ProtectedServer server(
      FakeAuthorizationServer as, int filters, Consumer<ServletContext> more) throws Exception {
    return new ProtectedServer(
        "/",
        origin ->
            context -> {
              ProtectedServer.addServlet(context, "mcp", new ListServlet(), "/mcp");
              for (int i = 0; i < filters; i++) {
                ProtectedServer.addFilter(
                    context, "gatehouse" + i, new McpAuthFilter(settings(as, origin)), "mcp");
              }
              more.accept(context);
            });
  }

  private static RawResponse send(ProtectedServer server, String line, String body, String... more)
      throws IOException {
    return RawClient.send(
        server.port(),
        RawClient.request(
                line,
                List.of(
                    "Authorization: Bearer some-token",
                    "Content-Type: application/json",
                    "Accept: application/json, text/event-stream",
                    "Content-Length: " + body.length(),
                    more.length == 0 ? "X-Nothing: here" : more[0]))
            + body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", PING, "[" + PING + "]"})
  void aStreamThatRepeatsAListHidesEntriesWhateverBodyTheRequestHas(String body) throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = server(as, 1, context -> {})) {
      RawResponse response = send(server, "GET /mcp", body, "Last-Event-ID: 0");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body()).contains("seen").doesNotContain("secret");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void eachOfSeveralFiltersPassesTheBodyOn(int filters) throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = server(as, filters, context -> {})) {
      assertThat(send(server, "POST /mcp", PING, "X-Echo: yes").body()).isEqualTo("read " + PING);
      assertThat(send(server, "POST /mcp", LIST_TOOLS).body())
          .contains("seen")
          .doesNotContain("secret");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anUnprotectedServletThatDispatchesToTheMcpServletRevealsNoEntry(boolean includes)
      throws Exception {
    HttpServlet unprotected =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException, ServletException {
            if (includes) {
              request.getRequestDispatcher("/mcp").include(request, response);
            } else {
              request.getRequestDispatcher("/mcp").forward(request, response);
            }
          }
        };
    try (var as = new FakeAuthorizationServer();
        var server =
            server(
                as,
                1,
                context -> ProtectedServer.addServlet(context, "open", unprotected, "/open"))) {
      assertThat(send(server, "POST /open", LIST_TOOLS).body())
          .contains("seen")
          .doesNotContain("secret");
    }
  }

  @Test
  void anEventStreamWithTheStatusOfAnErrorIsFilteredAsAnyOther() throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = server(as, 1, context -> {})) {
      RawResponse response = send(server, "POST /mcp", LIST_TOOLS, "X-Bad-Status: yes");
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body())
          .isEqualTo(
              "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"seen\"}]}}\n\n");
    }
  }

  /** The id is the caller's choice. */
  @Test
  void aLongIdBeforeAnErrorDoesNotRevealItsException() throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server = server(as, 1, context -> {})) {
      assertThat(send(server, "POST /mcp", PING, "X-Long-Id: yes").body())
          .contains("\"error\"")
          .doesNotContain("Exception");
    }
  }
}
