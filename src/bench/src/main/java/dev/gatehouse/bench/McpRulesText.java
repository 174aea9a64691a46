package dev.gatehouse.bench;

import java.util.List;

/** Rules for MCP, as users write them. The stub's tokens have the first two scopes only. */
final class McpRulesText {

  /** Twenty rules, one of which names the tool that is called. */
  static final List<String> TWENTY =
      List.of(
          "tool " + McpMessages.TOOL + ": notes:write",
          "tool " + McpMessages.FORBIDDEN_TOOL + ": notes:admin",
          "tool delete_note: notes:write",
          "tool edit_note: notes:write",
          "tool share_note: notes:write | notes:admin",
          "tool export_notes: notes:read notes:write",
          "tool import_notes: notes:write",
          "tool list_notebooks: notes:read",
          "tool create_notebook: notes:write",
          "tool delete_notebook: notes:admin",
          "tool search_*: notes:read",
          "tool search_deleted_*: notes:admin",
          "tool admin_*: notes:admin",
          "tool *: notes:read",
          "prompt summarize: notes:read",
          "prompt review_*: notes:read",
          "resource notes://archive/*: notes:admin",
          "resource notes://*: notes:read",
          "method completion/complete: notes:read",
          "method logging/setLevel: notes:admin");

  /** Rules that allow every tool of {@link ToolList}. */
  static final List<String> HIDE_NOTHING =
      List.of("tool write_*: notes:write", "tool *: notes:read");

  /** Rules that forbid half of them. */
  static final List<String> HIDE_HALF = List.of("tool write_*: notes:admin", "tool *: notes:read");

  private McpRulesText() {}
}
