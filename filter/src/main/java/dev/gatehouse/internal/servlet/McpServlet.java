package dev.gatehouse.internal.servlet;

import org.jspecify.annotations.Nullable;

/** Recognizes the servlets of the MCP SDK by their class: they serve MCP and nothing else. */
final class McpServlet {

  private static final String SDK = "io.modelcontextprotocol.";

  private McpServlet() {}

  /**
   * Whether a servlet's class, or one that it extends, is the SDK's.
   *
   * @param className null if the container does not know it
   */
  static boolean is(@Nullable String className, @Nullable ClassLoader loader) {
    if (className == null) {
      return false;
    }
    if (className.startsWith(SDK)) {
      return true;
    }
    try {
      Class<?> type = Class.forName(className, false, loader);
      while (type != null && !type.getName().startsWith(SDK)) {
        type = type.getSuperclass();
      }
      return type != null;
    } catch (ClassNotFoundException | LinkageError e) {
      return false; // the container can't load it either, so it serves nothing
    }
  }
}
