package dev.gatehouse.demo;

import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** The tool {@code delete_note}, which deletes a note. */
final class DeleteNote implements DemoTool {

  private static final TextArgument ID =
      new TextArgument("id", "the id of the note, as returned by list_notes.", Note.ID_LENGTH);

  private final Notebook notebook;

  DeleteNote(Notebook notebook) {
    this.notebook = notebook;
  }

  @Override
  public Tool description() {
    return Tool.builder("delete_note", ID.schema())
        .title("Delete a note")
        .description(
            "Deletes one of your notes permanently. Needs the scope "
                + DemoScopes.WRITE
                + " and a login in the last five minutes.")
        .annotations(
            ToolAnnotations.builder()
                .readOnlyHint(false)
                .destructiveHint(true)
                .idempotentHint(true)
                .openWorldHint(false)
                .build())
        .build();
  }

  @Override
  public Optional<TextArgument> argument() {
    return Optional.of(ID);
  }

  @Override
  public CallToolResult call(Call call) throws SQLException {
    if (!notebook.delete(call.owner(), call.text())) {
      // The same text for an unknown id and another owner's note, so callers can't tell which.
      return ToolResults.error(
          "You have no note with this id. list_notes shows the ids of your notes.");
    }
    return ToolResults.json(Map.of("deleted", call.text()));
  }
}
