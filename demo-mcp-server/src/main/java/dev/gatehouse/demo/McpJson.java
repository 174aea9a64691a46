package dev.gatehouse.demo;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;

/**
 * The JSON mapper of the MCP endpoint, stricter than that of the MCP SDK.
 *
 * <p>It refuses duplicate keys and trailing content, which parsers interpret differently. It writes
 * only the message of an error: the SDK would write the whole exception into the response, with its
 * stack trace.
 */
final class McpJson {

  private McpJson() {}

  static McpJsonMapper mapper() {
    return new JacksonMcpJsonMapper(
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addModule(new SimpleModule().addSerializer(new ErrorSerializer()))
            .build());
  }

  /**
   * Writes a JSON-RPC error response without an id, as MCP's transport specifies for a request that
   * is refused before it is parsed.
   */
  private static final class ErrorSerializer extends StdSerializer<McpError> {

    private static final long serialVersionUID = 1L;

    ErrorSerializer() {
      super(McpError.class);
    }

    @Override
    public void serialize(McpError error, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeStartObject();
      json.writeStringField("jsonrpc", McpSchema.JSONRPC_VERSION);
      json.writeObjectFieldStart("error");
      json.writeNumberField("code", error.getJsonRpcError().code());
      json.writeStringField("message", withoutCause(error.getJsonRpcError().message()));
      json.writeEndObject();
      json.writeEndObject();
    }

    /** Removes the exception message that the SDK appends after a colon, with class names. */
    private static String withoutCause(String message) {
      int colon = message.indexOf(": ");
      return colon < 0 ? message : message.substring(0, colon);
    }
  }
}
