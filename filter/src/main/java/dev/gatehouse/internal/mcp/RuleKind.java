package dev.gatehouse.internal.mcp;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a rule names. */
public enum RuleKind {
  TOOL,
  PROMPT,
  RESOURCE,
  METHOD;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** The kind as written in rules: {@code tool}. */
  String word() {
    return word;
  }

  static Optional<RuleKind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
  }

  static RuleKind of(McpMessage.Target target) {
    return switch (target) {
      case TOOL -> TOOL;
      case PROMPT -> PROMPT;
      case RESOURCE -> RESOURCE;
    };
  }
}
