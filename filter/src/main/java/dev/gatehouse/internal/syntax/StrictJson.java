package dev.gatehouse.internal.syntax;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** JSON as RFC 8259 means it: one value, no key twice, no nesting past reason. */
public final class StrictJson {

  private static final int MAX_DEPTH = 32;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  // A buffer that is used again holds what it has read last: perhaps a token.
                  .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /**
   * Parses one JSON value.
   *
   * @throws JsonProcessingException if it is empty, broken, too deep, or has a key twice
   */
  public static JsonNode parse(String text) throws JsonProcessingException {
    // From its own characters: for a string, Jackson would take a buffer many times the size.
    try (JsonParser parser = MAPPER.createParser(text.toCharArray())) {
      return MAPPER.readValue(parser, JsonNode.class);
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is read or written", e);
    }
  }

  /** What is wrong and where, without any of the text: it may hold a token. */
  public static String describe(JsonProcessingException e) {
    String what = e.getClass().getSimpleName();
    return e.getLocation() == null
        ? what
        : what + " at character " + e.getLocation().getCharOffset();
  }

  /** The members of an object, read-only at every depth. */
  static Map<String, Object> readOnlyMap(JsonNode object) {
    return readOnlyMap(object, (name, value) -> value);
  }

  /**
   * The same.
   *
   * @param keep what to keep as the value of a member: one that is equal, and that others keep too
   */
  public static Map<String, Object> readOnlyMap(
      JsonNode object, BiFunction<String, @Nullable Object, @Nullable Object> keep) {
    List<String> names = new ArrayList<>(object.size());
    @Nullable Object[] values = new Object[object.size()];
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      values[names.size()] = keep.apply(member.getKey(), value(member.getValue()));
      names.add(member.getKey());
    }
    return withNulls(new CompactJsonObject(names, values));
  }

  /** JSON has nulls, which a {@code Map} of Java's may hold, and NullAway does not know of. */
  @SuppressWarnings("NullAway")
  private static Map<String, Object> withNulls(Map<String, @Nullable Object> map) {
    return map;
  }

  private static @Nullable Object value(JsonNode json) {
    if (json.isObject()) {
      return readOnlyMap(json);
    }
    if (json.isArray()) {
      List<@Nullable Object> list = new ArrayList<>(json.size());
      json.forEach(member -> list.add(value(member)));
      return Collections.unmodifiableList(list);
    }
    if (json.isNumber()) {
      return json.numberValue();
    }
    if (json.isBoolean()) {
      return json.booleanValue();
    }
    return json.textValue(); // null for null
  }
}
