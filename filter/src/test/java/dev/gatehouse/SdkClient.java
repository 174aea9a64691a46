package dev.gatehouse;

import dev.gatehouse.testing.Secrets;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.net.http.HttpRequest;
import java.util.Map;

/** The client of the MCP Java SDK. */
final class SdkClient {

  /** What the SDK's server may log when a client that has its response closes the connection. */
  static final String GONE = "Failed to send message to session";

  /** What it logs then, too. */
  static final String STREAM_FAILED = "Failed to handle request stream";

  private SdkClient() {}

  /** A client of the server at {@code /mcp} on this port, with a new token. */
  static McpSyncClient withNewToken(int port) {
    return McpClient.sync(
            HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + port)
                .endpoint("/mcp")
                .requestBuilder(
                    HttpRequest.newBuilder().header("Authorization", "Bearer " + Secrets.token()))
                .build())
        .build();
  }

  /** Calls a tool without arguments. */
  static CallToolResult call(McpSyncClient client, String tool) {
    return client.callTool(CallToolRequest.builder(tool).arguments(Map.of()).build());
  }

  static String text(CallToolResult result) {
    return ((TextContent) result.content().get(0)).text();
  }
}
