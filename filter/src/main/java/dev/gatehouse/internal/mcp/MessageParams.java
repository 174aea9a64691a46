package dev.gatehouse.internal.mcp;

import com.fasterxml.jackson.core.JsonToken;
import dev.gatehouse.internal.mcp.McpMessage.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code params} of a message say about rules and headers. They are read before their
 * method may be known, so all that any method could need is read, and judged afterwards.
 */
final class MessageParams {

  static final String VERSION = "io.modelcontextprotocol/protocolVersion";

  private static final List<String> KEYS =
      List.of("name", "uri", "ref", "taskId", "notifications", "_meta");
  private static final String WATCHED = "resourceSubscriptions";
  private static final String LISTEN = "subscriptions/listen";
  private static final List<String> META_KEYS = List.of(VERSION);
  private static final List<String> REFERENCE_KEYS = List.of("type", "name", "uri");

  private @Nullable String name;
  private @Nullable String uri;
  private @Nullable String taskId;
  private @Nullable Reference reference;
  private @Nullable String version;

  /** The {@code notifications} of {@code subscriptions/listen}. */
  private Watched watched = Watched.NOTHING;

  /** The first key that another parser may take for one that we read; null if there is none. */
  private @Nullable UnreadableMessageException doubt;

  /** The {@code ref} of {@code completion/complete}; members are null if they are no strings. */
  private record Reference(
      @Nullable String type, @Nullable String name, @Nullable String uri, boolean isAmbiguous) {}

  /**
   * Resources whose changes a client wants to learn.
   *
   * @param fault why their reading has failed; null if it has not
   */
  private record Watched(List<String> uris, @Nullable String fault) {
    static final Watched NOTHING = new Watched(List.of(), null);
  }

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
        case "notifications" -> params.watched = watched(tokens, value);
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

  private static Watched watched(MessageTokens tokens, @Nullable JsonToken value)
      throws UnreadableMessageException {
    if (value != JsonToken.START_OBJECT) {
      tokens.skipValue();
      return new Watched(List.of(), value == JsonToken.VALUE_NULL ? null : "no object");
    }
    List<String> uris = new ArrayList<>();
    String fault = null;
    while (tokens.next() == JsonToken.FIELD_NAME) {
      String key = tokens.key();
      JsonToken member = tokens.next();
      if (!key.equals(WATCHED)) {
        fault = key.equalsIgnoreCase(WATCHED) ? "another case of " + WATCHED : fault;
        tokens.skipValue();
      } else if (member == JsonToken.START_ARRAY) {
        fault = readStrings(tokens, uris) ? fault : WATCHED + " has something else than strings";
      } else if (member != JsonToken.VALUE_NULL) {
        fault = WATCHED + " is no array";
        tokens.skipValue();
      }
    }
    return new Watched(uris, fault);
  }

  /** Reads an array; false if something in it is no string, or it is too long. */
  private static boolean readStrings(MessageTokens tokens, List<String> strings)
      throws UnreadableMessageException {
    boolean good = true;
    for (JsonToken next = tokens.next(); next != JsonToken.END_ARRAY; next = tokens.next()) {
      String text = stringOrNull(tokens, next);
      if (text == null || strings.size() == MessageParser.MAX_BATCH) {
        good = false;
      } else {
        strings.add(text);
      }
    }
    return good;
  }

  /**
   * The message with this method; several, one for each resource, if it names several.
   *
   * @throws UnreadableMessageException if the method needs something else in its params
   */
  List<McpMessage> messages(McpMessage.Kind kind, String method, @Nullable String id)
      throws UnreadableMessageException {
    if (!method.equals(LISTEN)) {
      return List.of(message(kind, method, id));
    }
    refuseDoubt();
    if (watched.fault() != null) {
      throw new UnreadableMessageException("notifications: " + watched.fault());
    }
    if (watched.uris().isEmpty()) {
      return List.of(new McpMessage(kind, method, id, null, null, version, null));
    }
    List<McpMessage> each = new ArrayList<>(watched.uris().size());
    for (String resource : watched.uris()) {
      ExactText.check(resource, "a URI");
      each.add(new McpMessage(kind, method, id, resource, Target.RESOURCE, version, null));
    }
    return each;
  }

  private McpMessage message(McpMessage.Kind kind, String method, @Nullable String id)
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
