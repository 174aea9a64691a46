package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapperSupplier;
import io.modelcontextprotocol.spec.McpSchema;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A servlet that does with a call what those of the MCP Java SDK 2.1.0 do before they run the tool:
 * reads the body into a string, parses it into maps, and converts these to the message and then to
 * its parameters.
 */
final class ParsingChain extends Chain {

  private final McpJsonMapper json = new JacksonMcpJsonMapperSupplier().get();
  private McpSchema.@Nullable CallToolRequest call;

  @Override
  void serve(ServletRequest request, ServletResponse response) throws IOException {
    if (McpSchema.deserializeJsonRpcMessage(json, body(request))
        instanceof McpSchema.JSONRPCRequest message) {
      call = json.convertValue(message.params(), McpSchema.CallToolRequest.class);
    }
  }

  private static String body(ServletRequest request) throws IOException {
    InputStream in = request.getInputStream();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      bytes.write(buffer, 0, count);
    }
    return bytes.toString(UTF_8);
  }

  /** The name of the tool that was called last, for a check. */
  @Nullable String tool() {
    return call == null ? null : call.name();
  }
}
