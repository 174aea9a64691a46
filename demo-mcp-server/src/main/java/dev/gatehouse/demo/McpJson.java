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
 * The JSON of the MCP endpoint, stricter than the MCP SDK's own.
 *
 * <p>Two readers of one message must not read two things: equal keys are refused, and so is
 * anything behind the message. And an error says what is wrong, no more: left to itself the SDK
 * writes the whole exception into the answer, stack trace included.
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
   * Writes a JSON-RPC error response without an id, as MCP's transport has it for a request that is
   * refused before it is read.
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

    /** The SDK appends the message of the exception behind a colon: classes, fields, lines. */
    private static String withoutCause(String message) {
      int colon = message.indexOf(": ");
      return colon < 0 ? message : message.substring(0, colon);
    }
  }
}
