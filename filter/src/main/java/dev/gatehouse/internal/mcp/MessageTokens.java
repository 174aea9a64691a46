package dev.gatehouse.internal.mcp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a JSON text (RFC 8259). No object has a key twice, at any depth: parsers differ in
 * which one they use. Keys are compared without escapes, as a parser sees them.
 */
final class MessageTokens implements Closeable {

  /** Half of what Jackson allows by default. */
  private static final int MAX_DEPTH = 500;

  /**
   * The size of a body is limited, so nothing in it needs a limit, as long as nothing converts it.
   */
  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxNameLength(Integer.MAX_VALUE)
          .maxNumberLength(Integer.MAX_VALUE)
          .maxStringLength(Integer.MAX_VALUE)
          .build();

  /**
   * The parsers of one factory share the keys they have read: up to 6000, of any length. That saves
   * a third of the time for a short body, and lets callers store little.
   */
  private static final SharedKeys FOR_SHORT_BODIES = new SharedKeys(MessageTokens::newFactory);

  private static final int SHORT = 4 * 1024;

  /** The keys of a text fail only because of those of others. Not for callers' eyes. */
  static final class SpoiltKeysException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SpoiltKeysException() {
      super("keys of another text", null, false, false);
    }
  }

  private final JsonParser parser;
  private final boolean sharesKeys;
  private final List<KeySet> keySets = new ArrayList<>(4);
  private int openObjects;

  /** The key that was read last. */
  private String key = "";

  private MessageTokens(byte[] utf8, JsonFactory factory, boolean sharesKeys) {
    this.sharesKeys = sharesKeys;
    try {
      parser = factory.createParser(utf8);
    } catch (IOException e) {
      throw new UncheckedIOException("parsing from memory does no I/O", e);
    }
  }

  /**
   * Reads valid UTF-8 without a byte order mark.
   *
   * @return tokens that may throw {@link SpoiltKeysException}
   */
  static MessageTokens of(byte[] utf8) {
    boolean isShort = utf8.length <= SHORT;
    return new MessageTokens(utf8, isShort ? FOR_SHORT_BODIES.factory() : newFactory(), isShort);
  }

  /** Reads a text again whose keys were spoilt. */
  static MessageTokens alone(byte[] utf8) {
    return new MessageTokens(utf8, FOR_SHORT_BODIES.afterFailure(), false);
  }

  private static JsonFactory newFactory() {
    return JsonFactory.builder()
        .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
        .streamReadConstraints(CONSTRAINTS)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .build();
  }

  /** Reads the next token; null after the last one. */
  @Nullable JsonToken next() throws UnreadableMessageException {
    try {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_OBJECT) {
        open();
      } else if (token == JsonToken.END_OBJECT) {
        openObjects--;
      } else if (token == JsonToken.FIELD_NAME) {
        key = parser.currentName();
        if (!keySets.get(openObjects - 1).add(key)) {
          throw new UnreadableMessageException("an object has a key twice");
        }
      }
      return token;
    } catch (JsonProcessingException | IndexOutOfBoundsException e) {
      if (sharesKeys && SharedKeys.mayBeReason(e)) {
        throw new SpoiltKeysException();
      }
      throw unreadable(e);
    } catch (IOException e) {
      throw new UncheckedIOException("parsing from memory does no I/O", e);
    }
  }

  /** Describes the error without the text, which may contain a secret. */
  private static UnreadableMessageException unreadable(Exception e) {
    String at =
        e instanceof JsonProcessingException json && json.getLocation() != null
            ? " at byte " + json.getLocation().getByteOffset()
            : "";
    return new UnreadableMessageException("no valid JSON: " + e.getClass().getSimpleName() + at);
  }

  private void open() {
    if (openObjects == keySets.size()) {
      keySets.add(new KeySet());
    } else {
      keySets.get(openObjects).clear();
    }
    openObjects++;
  }

  /** Reads to the end of the value whose first token is the current one. */
  void skipValue() throws UnreadableMessageException {
    JsonToken token = parser.currentToken();
    for (int depth = 0; token != null; token = next()) {
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      }
      if (depth == 0) {
        return;
      }
    }
    throw new UnreadableMessageException("the JSON text ends too early");
  }

  /** The current key, after {@link #next} has returned FIELD_NAME. */
  String key() {
    return key;
  }

  /** The text of the current string without escapes, or the digits of the current number. */
  String text() throws UnreadableMessageException {
    try {
      return parser.getText();
    } catch (JsonProcessingException e) {
      throw unreadable(e);
    } catch (IOException e) {
      throw new UncheckedIOException("parsing from memory does no I/O", e);
    }
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new UncheckedIOException("parsing from memory does no I/O", e);
    }
  }
}
