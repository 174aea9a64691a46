package dev.gatehouse.demo;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one text that a tool takes.
 *
 * <p>The schema that clients read and the check that they meet come from the same values, so that
 * they can't drift apart. The MCP SDK could check by the schema too, but it would answer in the
 * schema's jargon and log each caller's slip as a warning.
 */
record TextArgument(String name, String description, int maxLength) {

  /** The schema of a tool that takes this text and nothing else. */
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

  /** What is wrong with the arguments of a call: a sentence that says what to send instead. */
  Optional<String> mistake(Map<String, Object> arguments) {
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
    // JSON Schema, too, counts characters and not UTF-16 units.
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
