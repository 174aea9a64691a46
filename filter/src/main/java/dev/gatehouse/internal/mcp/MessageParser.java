package dev.gatehouse.internal.mcp;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.gatehouse.internal.mcp.McpMessage.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses JSON-RPC 2.0 messages (§4, §5; batches §6) and refuses whatever another parser might read
 * in another way. No value is converted, and no tree is built.
 */
final class MessageParser {

  /** No client needs as many, and each one is checked. */
  static final int MAX_BATCH = 1_000;

  private static final List<String> KEYS =
      List.of("jsonrpc", "id", "method", "params", "result", "error");

  private final MessageTokens tokens;

  private MessageParser(MessageTokens tokens) {
    this.tokens = tokens;
  }

  /**
   * Parses a body.
   *
   * @param utf8 valid UTF-8 without a byte order mark
   */
  static McpBody parse(byte[] utf8) throws UnreadableMessageException {
    try {
      return parse(utf8, MessageTokens.of(utf8));
    } catch (MessageTokens.SpoiltKeysException e) {
      return parse(utf8, MessageTokens.alone(utf8));
    }
  }

  private static McpBody parse(byte[] utf8, MessageTokens all) throws UnreadableMessageException {
    try (MessageTokens tokens = all) {
      MessageParser parser = new MessageParser(tokens);
      JsonToken first = tokens.next();
      boolean batch = first == JsonToken.START_ARRAY;
      List<McpMessage> messages = batch ? parser.batch() : parser.message(first);
      if (tokens.next() != null) {
        throw new UnreadableMessageException("more than one JSON value");
      }
      return new McpBody(utf8, messages, batch);
    }
  }

  private List<McpMessage> batch() throws UnreadableMessageException {
    List<McpMessage> messages = new ArrayList<>();
    for (JsonToken next = tokens.next(); next != JsonToken.END_ARRAY; next = tokens.next()) {
      if (messages.size() == MAX_BATCH) {
        throw new UnreadableMessageException("more than " + MAX_BATCH + " messages");
      }
      messages.addAll(message(next));
    }
    if (messages.isEmpty()) {
      throw new UnreadableMessageException("an empty batch"); // JSON-RPC 2.0 §6
    }
    return List.copyOf(messages);
  }

  private List<McpMessage> message(@Nullable JsonToken first) throws UnreadableMessageException {
    if (first != JsonToken.START_OBJECT) {
      throw new UnreadableMessageException(first == null ? "an empty body" : "no JSON object");
    }
    Members members = new Members();
    while (tokens.next() == JsonToken.FIELD_NAME) {
      String key = tokens.key();
      JsonToken value = tokens.next();
      switch (key) {
        case "jsonrpc" -> members.version = string(value, "jsonrpc");
        case "id" -> members.id = id(value);
        case "method" -> members.method = ExactText.check(string(value, "method"), "the method");
        case "params" -> members.params = params(value);
        case "result" -> members.result = skip();
        case "error" -> members.error = skip();
        default -> {
          ExactText.checkKey(key, KEYS);
          tokens.skipValue();
        }
      }
    }
    return members.toMessages();
  }

  private boolean skip() throws UnreadableMessageException {
    tokens.skipValue();
    return true;
  }

  private String string(@Nullable JsonToken value, String what) throws UnreadableMessageException {
    if (value != JsonToken.VALUE_STRING) {
      throw new UnreadableMessageException(what + " is no string");
    }
    return tokens.text();
  }

  /** MCP requires a string or an integer; null is for the response to an unreadable request. */
  private Id id(@Nullable JsonToken value) throws UnreadableMessageException {
    if (value == JsonToken.VALUE_NULL) {
      return new Id(null);
    }
    if (value == JsonToken.VALUE_NUMBER_INT) {
      return new Id(tokens.text());
    }
    String text = ExactText.check(string(value, "id"), "the id");
    return new Id('"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"');
  }

  private MessageParams params(@Nullable JsonToken value) throws UnreadableMessageException {
    if (value == JsonToken.VALUE_NULL) {
      return new MessageParams(); // as if absent, which is what parsers make of it
    }
    if (value != JsonToken.START_OBJECT) {
      throw new UnreadableMessageException("params is no object");
    }
    return MessageParams.read(tokens);
  }

  /** The member {@code id}, as JSON text. */
  private record Id(@Nullable String json) {}

  /** The members of a message that have been read. */
  private static final class Members {
    @Nullable String version;
    @Nullable Id id;
    @Nullable String method;
    @Nullable MessageParams params;
    boolean result;
    boolean error;

    List<McpMessage> toMessages() throws UnreadableMessageException {
      if (!"2.0".equals(version)) {
        throw new UnreadableMessageException("jsonrpc is not 2.0");
      }
      if (method == null) {
        return List.of(response());
      }
      if (result || error) {
        throw new UnreadableMessageException("both a request and a response");
      }
      if (id != null && id.json() == null) {
        throw new UnreadableMessageException("the id of a request is null");
      }
      Kind kind = id == null ? Kind.NOTIFICATION : Kind.REQUEST;
      MessageParams known = params == null ? new MessageParams() : params;
      return known.messages(kind, method, id == null ? null : id.json());
    }

    private McpMessage response() throws UnreadableMessageException {
      if (result == error) {
        throw new UnreadableMessageException("neither a request nor one response");
      }
      String json = id == null ? null : id.json();
      if (result && json == null) {
        throw new UnreadableMessageException("a result without an id");
      }
      return new McpMessage(Kind.RESPONSE, null, json, null, null, null);
    }
  }
}
