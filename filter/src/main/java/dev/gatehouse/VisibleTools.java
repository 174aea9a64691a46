package dev.gatehouse;

import dev.gatehouse.internal.mcp.ListMethod;
import dev.gatehouse.internal.mcp.ListVisibility;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpSyncListFilter;
import io.modelcontextprotocol.spec.McpSchema;

/**
 * Lets the MCP Java SDK leave out of {@code tools/list} what the caller may not use, before it
 * writes the list. The filter does the same to the response, so this is not necessary; it spares
 * the server from writing what is then cut out:
 *
 * <pre>{@code
 * McpServer.sync(transport).addToolFilter(new VisibleTools())
 * }</pre>
 *
 * <p>For an asynchronous server, use {@code McpAsyncListFilter.fromSync(new VisibleTools(), true)}.
 * Needs {@link AuthInfoContextExtractor} in the transport; without it, or without rules for tools,
 * all tools are visible to the server, and the filter alone leaves them out. The SDK has no such
 * hook for prompts and resources.
 *
 * <p>This class is stateless and thread-safe, and never blocks.
 */
public final class VisibleTools implements McpSyncListFilter<McpSchema.Tool> {

  /** The request attribute, and the key in the transport context. */
  static final String KEY = ListVisibility.class.getName();

  /** Creates a filter. */
  public VisibleTools() {}

  /**
   * Whether the caller may use a tool.
   *
   * @param context the context that {@link AuthInfoContextExtractor} has created
   * @param tool a tool of the server
   */
  @Override
  public boolean isVisible(McpTransportContext context, McpSchema.Tool tool) {
    return !(context.get(KEY) instanceof ListVisibility lists)
        || lists.isVisible(ListMethod.TOOLS, tool.name());
  }
}
