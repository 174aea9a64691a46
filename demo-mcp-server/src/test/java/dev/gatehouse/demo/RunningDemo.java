package dev.gatehouse.demo;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.customizer.McpHttpClientTransportAuthorizationErrorHandler;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The demo on a free port, with clients for it. */
final class RunningDemo implements AutoCloseable {

  private final DemoServer server;

  private RunningDemo(DemoOptions options) throws StartFailedException {
    this(options, InstantSource.system());
  }

  private RunningDemo(DemoOptions options, InstantSource clock) throws StartFailedException {
    server = DemoServer.start(options, clock);
  }

  /** Starts the demo with its defaults. */
  static RunningDemo start() throws StartFailedException {
    return start(Map.of());
  }

  static RunningDemo start(Map<String, String> environment) throws StartFailedException {
    return new RunningDemo(new DemoOptions("127.0.0.1", 0, Optional.empty(), false, environment));
  }

  /** Starts the demo with a clock for its authorization server. */
  static RunningDemo withClock(InstantSource clock) throws StartFailedException {
    return new RunningDemo(
        new DemoOptions("127.0.0.1", 0, Optional.empty(), false, Map.of()), clock);
  }

  static RunningDemo withData(Path directory, int port) throws StartFailedException {
    return new RunningDemo(
        new DemoOptions("127.0.0.1", port, Optional.of(directory), false, Map.of()));
  }

  /** Starts the demo with an authorization server that issues JWTs. */
  static RunningDemo withJwts(Optional<Path> directory, int port) throws StartFailedException {
    return new RunningDemo(new DemoOptions("127.0.0.1", port, directory, true, Map.of()));
  }

  DemoServer server() {
    return server;
  }

  int port() {
    return server.address().port();
  }

  String origin() {
    return server.address().origin();
  }

  String endpoint() {
    return origin() + "/mcp";
  }

  /** Gets a token from the embedded authorization server. */
  String token(String scope) {
    return TokenEndpoint.of(origin()).token(scope, server.protection().resource());
  }

  /** Creates and initializes an MCP SDK client that sends this token. */
  McpSyncClient client(String token) {
    McpSyncClient client = uninitializedClient(Optional.of(token));
    client.initialize();
    return client;
  }

  McpSyncClient uninitializedClient(Optional<String> token) {
    HttpRequest.Builder request = HttpRequest.newBuilder();
    token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
    return McpClient.sync(
            HttpClientStreamableHttpTransport.builder(origin())
                .endpoint("/mcp")
                .requestBuilder(request)
                .build())
        .build();
  }

  /** Creates and initializes an MCP SDK client that gets its tokens from a person. */
  McpSyncClient client(Person person) {
    McpSyncClient client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder(origin())
                    .endpoint("/mcp")
                    .requestBuilder(person.requests())
                    .authorizationErrorHandler(
                        McpHttpClientTransportAuthorizationErrorHandler.fromSync(person))
                    .build())
            .build();
    client.initialize();
    return client;
  }

  static CallToolResult call(McpSyncClient client, String tool, Map<String, Object> arguments) {
    return client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
  }

  /** The names of the tools that a client sees. */
  static List<String> tools(McpSyncClient client) {
    return client.listTools().tools().stream().map(Tool::name).toList();
  }

  static String text(CallToolResult result) {
    return ((TextContent) result.content().get(0)).text();
  }

  /** Stops the demo before the end of the test. */
  void stop() {
    server.close();
  }

  @Override
  public void close() {
    stop();
  }
}
