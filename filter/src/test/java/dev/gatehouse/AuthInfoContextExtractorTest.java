package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lock behind the filter: an MCP server that a request reaches without passing the filter. */
class AuthInfoContextExtractorTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @ParameterizedTest
  @ValueSource(strings = {"POST", "DELETE"})
  void anMcpServerRejectsARequestThatNoFilterHasAdmitted(String method) throws Exception {
    log.announce("/mcp"); // the container logs the exception
    var transport =
        HttpServletStreamableServerTransportProvider.builder()
            .mcpEndpoint("/mcp")
            .contextExtractor(new AuthInfoContextExtractor())
            .build();
    var mcp = McpServer.sync(transport).serverInfo("test", "1").build();
    try (var server =
        new ProtectedServer(
            "/",
            origin -> context -> ProtectedServer.addServlet(context, "mcp", transport, "/mcp"))) {
      HttpResponse<String> response =
          ProtectedServer.CLIENT.send(
              HttpRequest.newBuilder(URI.create(server.mcp()))
                  .header("Content-Type", "application/json")
                  .header("Accept", "application/json, text/event-stream")
                  .header("Mcp-Session-Id", "any")
                  .method(
                      method,
                      HttpRequest.BodyPublishers.ofString(
                          """
                          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{
                            "protocolVersion":"2025-06-18","capabilities":{},
                            "clientInfo":{"name":"test","version":"1"}}}
                          """))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.headers().firstValue("Mcp-Session-Id")).isEmpty();
    } finally {
      mcp.closeGracefully();
    }
  }
}
