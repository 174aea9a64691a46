package dev.gatehouse.internal.mcp;

import com.fasterxml.jackson.core.JsonToken;
import dev.gatehouse.internal.mcp.McpMessage.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code params} of a message say about rules and headers. They are read before their
 * method may be known, so all that any method could need is read, and judged afterwards.
 */
final class MessageParams {

  static final String VERSION = "io.modelcontextprotocol/protocolVersion";

  private static final List<String> KEYS = List.of("name", "uri", "ref", "taskId", "_meta");
  private static final List<String> META_KEYS = List.of(VERSION);
  private static final List<String> REFERENCE_KEYS = List.of("type", "name", "uri");

  private @Nullable String name;
  private @Nullable String uri;
  private @Nullable String taskId;
  private @Nullable Reference reference;
  private @Nullable String version;

  /** The first key that another parser may take for one that we read; null if there is none. */
  private @Nullable UnreadableMessageException doubt;

  /** The {@code ref} of {@code completion/complete}; members are null if they are no strings. */
  private record Reference(
      @Nullable String type, @Nullable String name, @Nullable String uri, boolean isAmbiguous) {}

  /** The params of a message that has none. */
  MessageParams() {}

  /** Reads the object whose first token is the current one. */
  static MessageParams read(MessageTokens tokens) throws UnreadableMessageException {
    MessageParams params = new MessageParams();
    while (tokens.next() == JsonToken.FIELD_NAME) {
      String key = tokens.key();
      JsonToken value = tokens.next();
      switch (key) {
        case "name" -> params.name = stringOrNull(tokens, value);
        case "uri" -> params.uri = stringOrNull(tokens, value);
        case "taskId" -> params.taskId = stringOrNull(tokens, value);
        case "ref" -> params.reference = reference(tokens, value);
        case "_meta" -> params.version = version(tokens, value);
        default -> {
          params.note(key);
          tokens.skipValue();
        }
      }
    }
    return params;
  }

  /** Keys of other methods are theirs to choose: they matter only if this one needs a name. */
  private void note(String key) throws UnreadableMessageException {
    if ("_meta".equalsIgnoreCase(key)) {
      ExactText.checkKey(key, KEYS);
    }
    if (doubt == null) {
      try {
        ExactText.checkKey(key, KEYS);
      } catch (UnreadableMessageException e) {
        doubt = e;
      }
    }
  }

  /** Reads a value; null if it is no string. */
  private static @Nullable String stringOrNull(MessageTokens tokens, @Nullable JsonToken value)
      throws UnreadableMessageException {
    if (value == JsonToken.VALUE_STRING) {
      return tokens.text();
    }
    tokens.skipValue();
    return null;
  }

  private static @Nullable String version(MessageTokens tokens, @Nullable JsonToken value)
      throws UnreadableMessageException {
    if (value == JsonToken.VALUE_NULL) {
      return null;
    }
    if (value != JsonToken.START_OBJECT) {
      throw new UnreadableMessageException("_meta is no object");
    }
    String version = null;
    while (tokens.next() == JsonToken.FIELD_NAME) {
      String key = tokens.key();
      JsonToken member = tokens.next();
      if (!key.equals(VERSION)) {
        ExactText.checkKey(key, META_KEYS);
        tokens.skipValue();
      } else if (member == JsonToken.VALUE_STRING) {
        version = ExactText.check(tokens.text(), "the protocol version");
      } else {
        throw new UnreadableMessageException("the protocol version in _meta is no string");
      }
    }
    return version;
  }

  private static @Nullable Reference reference(MessageTokens tokens, @Nullable JsonToken value)
      throws UnreadableMessageException {
    if (value != JsonToken.START_OBJECT) {
      tokens.skipValue();
      return null;
    }
    String type = null;
    String name = null;
    String uri = null;
    boolean ambiguous = false;
    while (tokens.next() == JsonToken.FIELD_NAME) {
      String key = tokens.key();
      JsonToken member = tokens.next();
      switch (key) {
        case "type" -> type = stringOrNull(tokens, member);
        case "name" -> name = stringOrNull(tokens, member);
        case "uri" -> uri = stringOrNull(tokens, member);
        default -> {
          ambiguous |= REFERENCE_KEYS.stream().anyMatch(key::equalsIgnoreCase);
          tokens.skipValue();
        }
      }
    }
    return new Reference(type, name, uri, ambiguous);
  }

  /** The message with this method. */
  McpMessage message(McpMessage.Kind kind, String method, @Nullable String id)
      throws UnreadableMessageException {
    NamedMethod named = NamedMethod.named(method);
    if (named != null) {
      refuseDoubt();
      String value = required(named.member().equals("uri") ? uri : name, named.member());
      return new McpMessage(kind, method, id, value, named.target(), version, value);
    }
    if (method.equals("completion/complete")) {
      refuseDoubt();
      return completion(kind, method, id);
    }
    String headerName = method.startsWith("tasks/") ? taskId : null;
    return new McpMessage(kind, method, id, null, null, version, headerName);
  }

  private void refuseDoubt() throws UnreadableMessageException {
    if (doubt != null) {
      throw doubt;
    }
  }

  private McpMessage completion(McpMessage.Kind kind, String method, @Nullable String id)
      throws UnreadableMessageException {
    Reference ref = reference;
    if (ref == null || ref.isAmbiguous()) {
      throw new UnreadableMessageException("ref is missing, no object or ambiguous");
    }
    if ("ref/prompt".equals(ref.type()) && ref.uri() == null) {
      String prompt = required(ref.name(), "name");
      return new McpMessage(kind, method, id, prompt, Target.PROMPT, version, null);
    }
    if ("ref/resource".equals(ref.type()) && ref.name() == null) {
      String resource = required(ref.uri(), "uri");
      return new McpMessage(kind, method, id, resource, Target.RESOURCE, version, null);
    }
    throw new UnreadableMessageException("ref has no known type, or members of the other type");
  }

  private static String required(@Nullable String value, String what)
      throws UnreadableMessageException {
    if (value == null) {
      throw new UnreadableMessageException(what + " is missing or no string");
    }
    return ExactText.check(value, what);
  }
}
