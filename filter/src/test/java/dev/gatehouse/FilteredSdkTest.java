package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.mcp.ListVisibility;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.transport.HttpServletStatelessServerTransport;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The filters of bodies in front of the MCP Java SDK's servers. */
class FilteredSdkTest {

  private static final List<String> NAMES = List.of("hidden-a", "seen-a", "hidden-b", "seen-b");

  @TempDir Path directory;

  private static McpSchema.Tool tool(String name) {
    return McpSchema.Tool.builder(name, Map.of("type", "object")).description("grün").build();
  }

  /** Closes an MCP server. */
  private interface Closer {
    void close();
  }

  private record Sdk(HttpServlet servlet, Closer server) {}

  private static Sdk streamable() {
    var transport =
        HttpServletStreamableServerTransportProvider.builder().mcpEndpoint("/mcp").build();
    var server =
        McpServer.sync(transport)
            .serverInfo("test", "1")
            .immediateExecution(true)
            .capabilities(McpSchema.ServerCapabilities.builder().tools(false).build())
            .tools(
                NAMES.stream()
                    .map(
                        name ->
                            new McpServerFeatures.SyncToolSpecification(
                                tool(name),
                                (exchange, call) -> {
                                  throw new IllegalStateException("secret");
                                }))
                    .toList())
            .build();
    return new Sdk(transport, server::closeGracefully);
  }

  private static Sdk stateless() {
    var transport = HttpServletStatelessServerTransport.builder().messageEndpoint("/mcp").build();
    var server =
        McpServer.sync(transport)
            .serverInfo("test", "1")
            .immediateExecution(true)
            .capabilities(McpSchema.ServerCapabilities.builder().tools(false).build())
            .tools(
                NAMES.stream()
                    .map(
                        name ->
                            new McpStatelessServerFeatures.SyncToolSpecification(
                                tool(name),
                                (context, call) -> {
                                  throw new IllegalStateException("secret");
                                }))
                    .toList())
            .build();
    return new Sdk(transport, server::close);
  }

  private Container.Running start(Container container, Sdk sdk) throws Exception {
    return container.start(
        directory,
        context -> {
          ProtectedServer.addServlet(context, "mcp", sdk.servlet(), "/mcp");
          var filter = context.addFilter("bodies", new FilteredBodies.TestFilter());
          filter.setAsyncSupported(true);
          filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void aClientOfTheSdkSeesWhatItMayUse(Container container) throws Exception {
    Sdk sdk = streamable();
    try (Container.Running server = start(container, sdk);
        McpSyncClient client =
            McpClient.sync(
                    HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + server.port())
                        .endpoint("/mcp")
                        .build())
                .build()) {
      client.initialize();

      assertThat(client.listTools().tools())
          .extracting(McpSchema.Tool::name, McpSchema.Tool::description)
          .containsExactlyInAnyOrder(
              org.assertj.core.api.Assertions.tuple("seen-a", "grün"),
              org.assertj.core.api.Assertions.tuple("seen-b", "grün"));
    } finally {
      sdk.server().close();
    }
  }

  private static RawResponse post(Container.Running server, String body, String... headers)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of(headers));
    lines.add("Content-Type: application/json");
    lines.add("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length);
    return RawClient.send(server.port(), RawClient.request("POST /mcp", lines) + body);
  }

  private static String request(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"%s\",\"params\":%s}"
        .formatted(method, params);
  }

  private static final String INITIALIZE =
      request(
          "initialize",
          "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
              + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}");

  private static final String ACCEPT = "Accept: application/json, text/event-stream";

  @LogsWarning(maybe = {"deserialize", "Failed to", "Error", "error"})
  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void noErrorOfTheSdkTellsAboutItsCode(Container container) throws Exception {
    for (Sdk sdk : List.of(streamable(), stateless())) {
      try (Container.Running server = start(container, sdk)) {
        RawResponse opened = post(server, INITIALIZE, ACCEPT);
        assertThat(opened.status()).isEqualTo(200);
        String session =
            "Mcp-Session-Id: " + opened.header("Mcp-Session-Id").stream().findFirst().orElse("x");
        List<RawResponse> errors =
            List.of(
                post(server, "{", ACCEPT, session),
                post(server, "null", ACCEPT, session),
                post(server, "{}", ACCEPT, session),
                post(server, request("ping", "{}"), session),
                post(server, request("ping", "{}"), ACCEPT, "Mcp-Session-Id: unknown"),
                post(server, request("nothing", "{}"), ACCEPT, session),
                post(server, request("tools/call", "{\"name\":\"seen-a\"}"), ACCEPT, session),
                post(server, request("tools/call", "[1]"), ACCEPT, session),
                post(server, request("resources/read", "{\"uri\":\"x\"}"), ACCEPT, session),
                RawClient.send(server.port(), RawClient.request("PUT /mcp", List.of(ACCEPT))),
                RawClient.send(server.port(), RawClient.request("GET /mcp", List.of(session))));

        for (RawResponse error : errors) {
          assertThat(error.body())
              .as("%s", error)
              .hasSizeLessThan(400)
              .doesNotContain("stackTrace", "Exception", ".java", "jackson", "Caused by");
          if (error.status() >= 400) {
            assertThat(error.header("Content-Type").get(0)).startsWith("application/json");
            assertThat(error.body())
                .as("%s %s", errors.indexOf(error), error)
                .startsWith("{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32")
                .endsWith("\"}}");
          }
        }
        assertThat(errors.subList(0, 4)).extracting(RawResponse::status).doesNotContain(200);
      } finally {
        sdk.server().close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void aStatelessServersListIsFiltered(Container container) throws Exception {
    Sdk sdk = stateless();
    try (Container.Running server = start(container, sdk)) {
      RawResponse response = post(server, request("tools/list", "{}"), ACCEPT);

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body()).contains("seen-a", "seen-b").doesNotContain("hidden");
    } finally {
      sdk.server().close();
    }
  }

  @org.junit.jupiter.api.Test
  void theSdksOwnHookHidesTheSameTools() {
    VisibleTools tools = new VisibleTools();
    McpTransportContext context =
        McpTransportContext.create(Map.of(ListVisibility.ATTRIBUTE, FilteredBodies.LISTS));

    assertThat(Stream.of("hidden-a", "seen-a").map(name -> tools.isVisible(context, tool(name))))
        .containsExactly(false, true);
    assertThat(tools.isVisible(McpTransportContext.EMPTY, tool("hidden-a"))).isTrue();
  }
}
