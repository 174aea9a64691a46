package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.reload.Reloadable;
import java.util.List;

/**
 * The settings about MCP messages.
 *
 * @param rules the rules; {@link McpRules#NONE} if no rules are set
 * @param hasRules whether rules are set, so that bodies are read
 * @param deniesByDefault whether what no rule names is refused
 * @param answersAsToolResult whether a call of a tool that lacks something gets a tool's result
 *     instead of an HTTP challenge
 * @param filtersLists whether lists omit what the caller may not use
 * @param maxBody the number of bytes that a body may have
 * @param protocolVersions the supported revisions, the newest one last
 */
public record McpSettings(
    Reloadable<McpRules> rules,
    boolean hasRules,
    boolean deniesByDefault,
    boolean answersAsToolResult,
    boolean filtersLists,
    int maxBody,
    List<String> protocolVersions) {

  /** The revisions of MCP that this filter knows, the newest one last. */
  public static final List<String> KNOWN_VERSIONS =
      List.of("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28");
}
