package dev.gatehouse.internal.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.syntax.StrictJson;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Recognizes what tells callers about the server's code, and leaves it out of JSON-RPC errors. */
final class ErrorText {

  /** JSON-RPC 2.0 §5.1. */
  static final int INTERNAL_ERROR = -32603;

  private static final String INTERNAL_MESSAGE = "Internal error";

  /** The members of a serialized exception. */
  private static final Set<String> EXCEPTION_MEMBERS =
      Set.of("stackTrace", "suppressed", "localizedMessage");

  /** A line of a stack trace; each repetition is possessive, so that matching takes linear time. */
  private static final Pattern TRACE_LINE =
      Pattern.compile("\\n[ \\t]*+(?:at [^\\s(]{1,500}+\\(|Caused by:|\\.\\.\\. \\d{1,5}+ more)");

  /** {@code FooException}, {@code foo.BarError}: found by its end. */
  private static final Pattern EXCEPTION_END =
      Pattern.compile("(?:Exception|Error|Throwable)(?![\\w$])");

  private ErrorText() {}

  /**
   * Cleans the {@code error} of a JSON-RPC response.
   *
   * @param error a JSON object
   * @return another JSON object; null if the given one is clean
   */
  static @Nullable String cleaned(String error) {
    try {
      return cleaned(StrictJson.parse(error));
    } catch (JsonProcessingException e) { // too deep, or with a duplicate key
      return leaks(error) ? json(INTERNAL_ERROR, INTERNAL_MESSAGE, null) : null;
    }
  }

  static @Nullable String cleaned(JsonNode error) {
    int code = error.path("code").asInt(INTERNAL_ERROR);
    String message = error.path("message").asText("");
    JsonNode data = error.get("data");
    // The MCP Java SDK writes the exceptions into the data of internal errors, as a text.
    boolean isDataBad =
        data != null && ((code == INTERNAL_ERROR && data.isTextual()) || leaks(data));
    boolean isMessageBad = leaks(message);
    boolean hasMore =
        error.properties().stream()
            .anyMatch(
                member ->
                    !Set.of("code", "message", "data").contains(member.getKey())
                        && (EXCEPTION_MEMBERS.contains(member.getKey())
                            || leaks(member.getValue())));
    if (!isDataBad && !isMessageBad && !hasMore) {
      return null;
    }
    return json(code, isMessageBad ? cut(message) : message, isDataBad ? null : data);
  }

  /** A JSON-RPC error object, in ASCII. */
  static String json(int code, String message, @Nullable JsonNode data) {
    String shown = message.isBlank() ? INTERNAL_MESSAGE : message;
    return "{\"code\":%d,\"message\":%s%s}"
        .formatted(code, quoted(shown), data == null ? "" : ",\"data\":" + ascii(data.toString()));
  }

  /** A JSON-RPC error response, in ASCII. */
  static String response(@Nullable String id, int code, String message) {
    return response(id, json(code, message, null));
  }

  /** A JSON-RPC error response, in ASCII. */
  static String response(@Nullable String id, String error) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":%s}"
        .formatted(id == null ? "null" : ascii(id), error);
  }

  private static String quoted(String text) {
    return ascii('"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"');
  }

  /** JSON has other characters in strings only, where they may be escaped. */
  private static String ascii(String json) {
    StringBuilder ascii = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char character = json.charAt(i);
      if (character < 128) {
        ascii.append(character);
      } else {
        ascii.append("\\u%04x".formatted((int) character));
      }
    }
    return ascii.toString();
  }

  static boolean isExceptionMember(String name) {
    return EXCEPTION_MEMBERS.contains(name);
  }

  /** Whether a JSON value contains an exception at any depth. */
  static boolean leaks(JsonNode value) {
    if (value.isTextual()) {
      return leaks(value.textValue());
    }
    for (String member : EXCEPTION_MEMBERS) {
      if (value.has(member)) {
        return true;
      }
    }
    for (JsonNode child : value) {
      if (leaks(child)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a text names an exception or contains a stack trace. */
  static boolean leaks(String text) {
    return cutAt(text) < text.length();
  }

  /** The text before the first exception or stack trace, without the punctuation between them. */
  private static String cut(String message) {
    int end = cutAt(message);
    while (end > 0 && " \t\r\n:;,-([".indexOf(message.charAt(end - 1)) >= 0) {
      end--;
    }
    return message.substring(0, end);
  }

  /** Where the first exception or stack trace begins; the text's length if there is none. */
  private static int cutAt(String text) {
    int end = text.length();
    var trace = TRACE_LINE.matcher(text);
    if (trace.find()) {
      end = trace.start();
    }
    int serialized = text.indexOf("\"stackTrace\"");
    if (serialized >= 0) {
      end = Math.min(end, serialized);
    }
    var exception = EXCEPTION_END.matcher(text);
    int read = 0; // each character is read once, because callers may choose the text
    int begin = 0;
    int firstDot = -1;
    while (exception.find() && exception.start() < end) {
      for (; read < exception.start(); read++) {
        if (!isPartOfClassName(text.charAt(read))) {
          begin = read + 1;
          firstDot = -1;
        } else if (text.charAt(read) == '.' && firstDot < 0) {
          firstDot = read;
        }
      }
      boolean isQualified = firstDot >= 0 && firstDot + 1 < exception.start();
      boolean isError =
          text.charAt(exception.start()) == 'E' && text.charAt(exception.start() + 1) == 'r';
      // "Error" alone is an ordinary word, and "ParseError" part of many protocols.
      if (isQualified || (!isError && begin < exception.start())) {
        end = begin;
      }
    }
    return end;
  }

  private static boolean isPartOfClassName(char character) {
    return character == '.' || character == '$' || Character.isJavaIdentifierPart(character);
  }
}
