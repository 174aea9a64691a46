package dev.gatehouse.demo;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The only argument of a tool, a string.
 *
 * <p>The schema and the check use the same values, so that they can't differ. The MCP SDK could
 * check the schema too, but it would respond in terms of JSON Schema and log each invalid call as a
 * warning.
 */
record TextArgument(String name, String description, int maxLength) {

  /** The input schema of a tool whose only argument is this one. */
  Map<String, Object> schema() {
    Map<String, Object> text =
        Map.of(
            "type",
            "string",
            "description",
            description,
            "minLength",
            1,
            "maxLength",
            maxLength,
            "pattern",
            "\\S");
    return Map.of(
        "type",
        "object",
        "properties",
        Map.of(name, text),
        "required",
        List.of(name),
        "additionalProperties",
        false);
  }

  /** Checks the arguments of a call; the error says what to send instead. */
  Optional<String> error(Map<String, Object> arguments) {
    Object value = arguments.get(name);
    if (value == null) {
      return Optional.of("The argument '" + name + "' is missing. " + expected());
    }
    if (!(value instanceof String text)) {
      return Optional.of("The argument '" + name + "' is not a string. " + expected());
    }
    if (text.isBlank()) {
      return Optional.of("The argument '" + name + "' is empty. " + expected());
    }
    // JSON Schema counts characters too, not UTF-16 code units.
    int length = text.codePointCount(0, text.length());
    if (length > maxLength) {
      return Optional.of(
          "The argument '" + name + "' has " + length + " characters. " + expected());
    }
    return arguments.size() == 1
        ? Optional.empty()
        : Optional.of("This tool takes the argument '" + name + "' and no other.");
  }

  private String expected() {
    return "Send a string of 1 to " + maxLength + " characters: " + description;
  }
}
