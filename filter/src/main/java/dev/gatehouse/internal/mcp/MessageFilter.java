package dev.gatehouse.internal.mcp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Filters the JSON-RPC messages that a server sends, one or a batch of them: leaves out of lists
 * what the caller may not use, and out of errors what tells about the server's code. The bytes of
 * everything else stay as they are.
 *
 * <p>It filters each response whose result has a list, whatever its id is: ids are compared
 * differently by different servers ({@code 1}, {@code 1.0}, {@code "1"}).
 *
 * <p>This class is thread-safe.
 */
final class MessageFilter {

  /** What the beginning of a message tells about it. */
  enum Kind {
    ERROR,
    /** A result, a request, a notification, or no message at all. */
    OTHER,
    /** Not yet known. */
    UNKNOWN
  }

  private static final SharedKeys JSON = new SharedKeys(MessageFilter::newFactory);

  private static final byte[] RESULT = "result".getBytes(StandardCharsets.US_ASCII);

  private final @Nullable ListVisibility lists;
  private final boolean strict;

  /**
   * Creates a filter.
   *
   * @param lists what the caller may see; null to leave lists as they are
   * @param strict whether every text must be a JSON-RPC message
   */
  MessageFilter(@Nullable ListVisibility lists, boolean strict) {
    this.lists = lists;
    this.strict = strict;
  }

  private static JsonFactory newFactory() {
    return JsonFactory.builder()
        // A recycled buffer would keep the text that it has read last.
        .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .build();
  }

  /**
   * Filters a complete JSON text.
   *
   * @param bytes contain the text
   * @param start where it begins
   * @param end where it ends
   */
  FilterOutcome filter(byte[] bytes, int start, int end) {
    if (!isUtf8(bytes, start, end)) {
      return unusable(bytes, start, end, "not in UTF-8");
    }
    try {
      return filter(bytes, start, end, JSON.factory());
    } catch (JsonProcessingException | IndexOutOfBoundsException e) {
      return SharedKeys.mayBeReason(e)
          ? filterAgain(bytes, start, end)
          : malformed(bytes, start, end, e);
    }
  }

  private FilterOutcome filterAgain(byte[] bytes, int start, int end) {
    try {
      return filter(bytes, start, end, JSON.afterFailure());
    } catch (JsonProcessingException | IndexOutOfBoundsException e) {
      return malformed(bytes, start, end, e);
    }
  }

  private FilterOutcome malformed(byte[] bytes, int start, int end, Exception e) {
    return unusable(bytes, start, end, "malformed JSON at byte " + position(e));
  }

  private FilterOutcome filter(byte[] bytes, int start, int end, JsonFactory factory)
      throws JsonProcessingException {
    Edits edits = new Edits();
    try (JsonParser parser = factory.createParser(bytes, start, end - start)) {
      String problem = filter(bytes, start, parser, edits);
      if (problem != null) {
        return unusable(bytes, start, end, problem);
      }
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("parsing from memory does no I/O", e);
    }
    return edits.isEmpty() ? FilterOutcome.UNCHANGED : new FilterOutcome.Changed(edits);
  }

  /** Only what may be a list is withheld if it can't be read. */
  private FilterOutcome unusable(byte[] bytes, int start, int end, String reason) {
    return lists == null || (!strict && !contains(bytes, start, end, RESULT))
        ? FilterOutcome.UNCHANGED
        : new FilterOutcome.Unusable(reason);
  }

  /** Without the text, which may contain a secret. */
  private static long position(Exception e) {
    return e instanceof JsonProcessingException json && json.getLocation() != null
        ? json.getLocation().getByteOffset()
        : -1;
  }

  private static boolean contains(byte[] bytes, int start, int end, byte[] part) {
    for (int i = start; i <= end - part.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  /** Jackson would detect UTF-16 and UTF-32, and skip a byte order mark. */
  private static boolean isUtf8(byte[] bytes, int start, int end) {
    for (int i = start; i < Math.min(start + 4, end); i++) {
      if (bytes[i] == 0 || bytes[i] == (byte) 0xEF || bytes[i] == (byte) 0xFE || bytes[i] == -1) {
        return false;
      }
    }
    return true;
  }

  private @Nullable String filter(byte[] bytes, int start, JsonParser parser, Edits edits)
      throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return null;
    }
    if (first == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        String problem = message(bytes, start, parser, edits);
        if (problem != null) {
          return problem;
        }
      }
    } else {
      String problem = message(bytes, start, parser, edits);
      if (problem != null) {
        return problem;
      }
    }
    return parser.nextToken() == null ? null : "text after the JSON";
  }

  private @Nullable String message(byte[] bytes, int start, JsonParser parser, Edits edits)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      return "not a JSON-RPC message";
    }
    boolean isMessage = false;
    KeySet seen = new KeySet();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (!seen.add(name)) {
        return "a duplicate member of a JSON-RPC message";
      }
      JsonToken value = parser.nextToken();
      if (name.equals("result") && lists != null && value == JsonToken.START_OBJECT) {
        String problem = new ResultFilter(lists, parser, edits).filter();
        if (problem != null) {
          return problem;
        }
      } else if (name.equals("error") && value == JsonToken.START_OBJECT) {
        error(bytes, start, parser, edits);
      } else {
        parser.skipChildren();
      }
      isMessage |= name.equals("result") || name.equals("error") || name.equals("method");
    }
    return isMessage || !strict ? null : "not a JSON-RPC message";
  }

  private static void error(byte[] bytes, int start, JsonParser parser, Edits edits)
      throws IOException {
    int from = tokenStart(parser);
    parser.skipChildren();
    int to = position(parser);
    String cleaned =
        ErrorText.cleaned(new String(bytes, start + from, to - from, StandardCharsets.UTF_8));
    if (cleaned != null) {
      edits.replace(from, to, cleaned);
    }
  }

  /** Whether a text is an object or an array, if it is JSON at all. */
  static boolean mayBeMessage(byte[] bytes, int start, int end) {
    int at = afterSpace(bytes, start, end);
    return at < end && (bytes[at] == '{' || bytes[at] == '[');
  }

  private static int afterSpace(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end && " \t\r\n".indexOf(bytes[at]) >= 0) {
      at++;
    }
    return at;
  }

  /** Recognizes a message by its beginning: the member that comes first decides. */
  static Kind kind(byte[] bytes, int start, int end) {
    int at = afterSpace(bytes, start, end);
    if (at < end && bytes[at] != '{' && bytes[at] != '[') {
      return Kind.OTHER;
    }
    if (!isUtf8(bytes, start, end)) {
      return Kind.UNKNOWN;
    }
    try (JsonParser parser = JSON.factory().createParser(bytes, at, end - at)) {
      boolean isBatch = parser.nextToken() == JsonToken.START_ARRAY;
      JsonToken first = isBatch ? parser.nextToken() : parser.currentToken();
      if (first != JsonToken.START_OBJECT) {
        return first == null ? Kind.UNKNOWN : Kind.OTHER;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        switch (parser.currentName()) {
          case "jsonrpc", "id" -> {
            parser.nextToken();
            parser.skipChildren();
            parser.finishToken();
          }
          case "error" -> {
            return Kind.ERROR;
          }
          case "result", "method" -> {
            return isBatch ? Kind.UNKNOWN : Kind.OTHER; // the next message may be an error
          }
          default -> {
            return Kind.OTHER;
          }
        }
      }
      return Kind.UNKNOWN;
    } catch (IOException | IndexOutOfBoundsException e) {
      return Kind.UNKNOWN; // incomplete or malformed, or of keys that Jackson refuses
    }
  }

  /** The offset of the current token. */
  static int tokenStart(JsonParser parser) {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  /** The offset after what has been read. */
  static int position(JsonParser parser) {
    return (int) parser.currentLocation().getByteOffset();
  }
}
