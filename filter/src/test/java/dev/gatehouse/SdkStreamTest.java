package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.Secrets;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions and streams with the server and the client of the MCP Java SDK. */
class SdkStreamTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  private final CountDownLatch called = new CountDownLatch(1);
  private final CountDownLatch returning = new CountDownLatch(1);

  private McpSchema.CallToolResult call(boolean slow) {
    if (slow) {
      called.countDown();
      try {
        assertThat(returning.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return McpSchema.CallToolResult.builder().addTextContent("done").build();
  }

  private McpSyncServer serve(HttpServletStreamableServerTransportProvider transport) {
    var mapper = new JacksonMcpJsonMapper(new ObjectMapper());
    var tools =
        List.of(true, false).stream()
            .map(
                slow ->
                    io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification.builder()
                        .tool(
                            McpSchema.Tool.builder(
                                    slow ? "slow" : "quick", Map.of("type", "object"))
                                .build())
                        .callHandler((exchange, request) -> call(slow))
                        .build())
            .toList();
    return McpServer.sync(transport)
        .jsonMapper(mapper)
        .serverInfo("test", "1")
        .tools(tools)
        .build();
  }

  private static McpSyncClient client(StreamFixture fixture, String token) {
    return McpClient.sync(
            HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + fixture.server.port())
                .endpoint("/mcp")
                .requestBuilder(HttpRequest.newBuilder().header("Authorization", "Bearer " + token))
                .build())
        .requestTimeout(Duration.ofSeconds(60))
        .build();
  }

  private static McpSchema.CallToolRequest request(String tool) {
    return McpSchema.CallToolRequest.builder(tool).arguments(Map.of()).build();
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  @LogsWarning(maybe = {"Failed to send", "session", "stream", "SSE", "refused", "transport"})
  void aLongCallEndsWithItsTokenAndItsLateResultIsHarmless(Container container) throws Exception {
    var transport =
        HttpServletStreamableServerTransportProvider.builder()
            .jsonMapper(new JacksonMcpJsonMapper(new ObjectMapper()))
            .mcpEndpoint("/mcp")
            .build();
    McpSyncServer mcp = serve(transport);
    String first = Secrets.token();
    String second = Secrets.token();
    try (StreamFixture fixture = new StreamFixture(container, transport, directory)) {
      fixture.respondActive(StreamFixture.tokenOf("alice", "editor"));
      McpSyncClient client = client(fixture, first);
      client.initialize();
      assertThat(client.callTool(request("quick")).isError()).isNotEqualTo(true);
      // Not in the common pool, which may have one thread only, and which the HTTP client needs.
      var result =
          CompletableFuture.supplyAsync(
              () -> client.callTool(request("slow")), task -> new Thread(task, "slow").start());
      assertThat(called.await(60, TimeUnit.SECONDS)).isTrue();

      fixture.as.introspectionResponses(
          asked ->
              json(
                  200,
                  asked.parameter("token").equals(first)
                      ? "{\"active\":false}"
                      : StreamFixture.active(StreamFixture.tokenOf("alice", "editor"))));
      fixture.filter.cache().evictToken(first);
      fixture.awaitNoStreams();
      returning.countDown();

      McpSyncClient again = client(fixture, second);
      again.initialize();
      assertThat(again.callTool(request("quick")).content().toString()).contains("done");
      again.close();
      client.close();
      result.cancel(true);
      mcp.close();
    }
  }
}
