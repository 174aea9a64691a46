package dev.gatehouse.demo;

import static java.util.Objects.requireNonNull;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapperSupplier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Parses JSON objects and reads their members. */
final class Json {

  private Json() {}

  /** Returns a required string member. */
  static String string(Map<String, Object> object, String member) {
    return (String) requireNonNull(object.get(member), member);
  }

  /** Returns a required array member. */
  static List<?> list(Map<String, Object> object, String member) {
    return (List<?>) requireNonNull(object.get(member), member);
  }

  static Map<String, Object> object(String json) {
    try {
      return new JacksonMcpJsonMapperSupplier().get().readValue(json, new TypeRef<>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
  }
}
