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

/** Parses JSON (RFC 8259) strictly: one value, no duplicate keys, at most 32 levels deep. */
public final class StrictJson {

  private static final int MAX_DEPTH = 32;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  // A recycled buffer would keep the text that it has read last: perhaps a token.
                  .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                  // Else keys with equal hashes in one text make parsing others fail.
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
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
   * @throws JsonProcessingException if it is empty, malformed or too deep, or has a duplicate key
   */
  public static JsonNode parse(String text) throws JsonProcessingException {
    // As an array: for a string, Jackson allocates a buffer many times its size.
    try (JsonParser parser = MAPPER.createParser(text.toCharArray())) {
      return MAPPER.readValue(parser, JsonNode.class);
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("parsing from memory does no I/O", e);
    }
  }

  /** Describes the error and its position without the text, which may contain a token. */
  public static String describe(JsonProcessingException e) {
    String error = e.getClass().getSimpleName();
    return e.getLocation() == null
        ? error
        : error + " at character " + e.getLocation().getCharOffset();
  }

  /** The members of an object, read-only at every depth. */
  static Map<String, Object> readOnlyMap(JsonNode object) {
    return readOnlyMap(object, (name, value) -> value);
  }

  /**
   * The members of an object, read-only at every depth.
   *
   * @param keep returns the value to store for a member: equal to the given one, possibly shared
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

  /** JSON null becomes null, which {@code Map} allows and NullAway does not. */
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
    return json.textValue(); // null for JSON null
  }
}
