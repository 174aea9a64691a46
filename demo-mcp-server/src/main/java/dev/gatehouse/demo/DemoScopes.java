package dev.gatehouse.demo;

import java.util.List;

/** The scopes of the notebook. */
final class DemoScopes {

  /** Allows reading notes. */
  static final String READ = "notes:read";

  /** Allows adding and deleting notes. */
  static final String WRITE = "notes:write";

  static final List<String> ALL = List.of(READ, WRITE);

  private DemoScopes() {}
}
