package dev.gatehouse.demo;

import java.util.List;

/** The scopes that the notebook knows. */
final class DemoScopes {

  /** To read notes. */
  static final String READ = "notes:read";

  /** For the tools that change something. */
  static final String WRITE = "notes:write";

  static final List<String> ALL = List.of(READ, WRITE);

  private DemoScopes() {}
}
