package dev.gatehouse.demo;

import java.util.List;

/** The scopes of the notebook, and what needs them. */
final class DemoScopes {

  /** Allows reading notes. */
  static final String READ = "notes:read";

  /** Allows adding and deleting notes. */
  static final String WRITE = "notes:write";

  static final List<String> ALL = List.of(READ, WRITE);

  /** What the tools and resources need, which the filter checks. */
  static final String RULES =
      """
      tool whoami:
      tool *:           notes:read
      tool add_note:    notes:write
      tool delete_note: notes:write, max-age=5m
      resource *:       notes:read
      """;

  private DemoScopes() {}
}
