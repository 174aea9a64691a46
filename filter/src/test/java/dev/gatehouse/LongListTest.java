package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A list longer than all buffers, of which every other entry is hidden. */
class LongListTest {

  private static final String LIST = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/list\"}";

  @TempDir Path directory;

  private static String response() {
    return IntStream.range(0, 200)
        .mapToObj(
            i ->
                "{\"name\":\"%s_%d\",\"title\":\"%s\"}"
                    .formatted(i % 2 == 0 ? "read" : "write", i, "grün".repeat(100)))
        .collect(
            Collectors.joining(
                ",", "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"tools\":[", "]}}"));
  }

  /** Responds as the MCP Java SDK does. */
  private static final class ListServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      boolean event = request.getHeader("X-Event") != null;
      response.setContentType(event ? "text/event-stream" : "application/json");
      response.setCharacterEncoding("UTF-8");
      response.getWriter().write(event ? "data: " + response() + "\n\n" : response());
      response.getWriter().flush();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_16"})
  void everyVisibleEntryOfALongListArrives(Container container) throws Exception {
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        Container.Running running = container.start(new ListServlet(), filter(as), directory)) {
      for (String kind : List.of("X-Event: 1", "X-Json: 1")) {
        String body =
            RawClient.send(
                    running.port(),
                    RawClient.request(
                            "POST /mcp",
                            List.of(
                                "Authorization: Bearer some-token",
                                "Content-Type: application/json",
                                "Content-Length: " + LIST.length(),
                                kind))
                        + LIST)
                .body();

        assertThat(body.split("\"name\":\"read_", -1)).as(kind).hasSize(101);
        assertThat(body).as(kind).doesNotContain("write_");
      }
    }
  }

  private static McpAuthFilter filter(FakeAuthorizationServer as) {
    as.introspection(
        json(
            200,
            "{\"active\":true,\"sub\":\"u\",\"aud\":\"http://127.0.0.1/mcp\","
                + "\"scope\":\"notes:read\",\"token_type\":\"Bearer\"}"));
    return new McpAuthFilter(
        TestSettings.builder()
            .resource("http://127.0.0.1/mcp")
            .issuer(as.issuer())
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientAuthMethod("none")
            .mcpRules("tool write_*: notes:admin")
            .build());
  }
}
