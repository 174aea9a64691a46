package dev.gatehouse.demo;

import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** The tool {@code list_notes}, which lists the caller's notes. */
final class ListNotes implements DemoTool {

  private final Notebook notebook;

  ListNotes(Notebook notebook) {
    this.notebook = notebook;
  }

  @Override
  public Tool description() {
    return Tool.builder("list_notes", NO_ARGUMENTS)
        .title("List notes")
        .description(
            "Lists your notes, oldest first. No other caller sees them. Needs the scope "
                + DemoScopes.READ
                + ".")
        .outputSchema(
            Map.of(
                "type", "object",
                "properties",
                    Map.of("notes", Map.of("type", "array", "items", Map.of("type", "object"))),
                "required", List.of("notes")))
        .annotations(
            ToolAnnotations.builder()
                .readOnlyHint(true)
                .destructiveHint(false)
                .idempotentHint(true)
                .openWorldHint(false)
                .build())
        .build();
  }

  @Override
  public CallToolResult call(Call call) throws SQLException {
    List<Map<String, Object>> notes =
        notebook.list(call.owner()).stream().map(Note::members).toList();
    return ToolResults.json(Map.of("notes", notes));
  }
}
