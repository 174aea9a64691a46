package dev.gatehouse.internal.mcp;

/** Which entries of lists the caller of a request may see: those that it may use. */
@FunctionalInterface
public interface ListVisibility {

  /** The request attribute that holds it for the MCP server; absent if everything is visible. */
  String ATTRIBUTE = ListVisibility.class.getName();

  /**
   * Decides on one entry.
   *
   * @param method the method whose result contains the entry
   * @param name the tool's or prompt's {@code name}, the resource's {@code uri}, the template's
   *     {@code uriTemplate}
   */
  boolean isVisible(ListMethod method, String name);
}
