package dev.gatehouse.demo;

import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.sql.SQLException;
import java.util.Optional;

/** The tool {@code add_note}, which stores a note. */
final class AddNote implements DemoTool {

  private static final TextArgument TEXT =
      new TextArgument("text", "the text of the note.", Notebook.MAX_TEXT);

  private final Notebook notebook;

  AddNote(Notebook notebook) {
    this.notebook = notebook;
  }

  @Override
  public Tool description() {
    return Tool.builder("add_note", TEXT.schema())
        .title("Add a note")
        .description(
            "Adds a note to your notebook and returns it with its id. Needs the scope "
                + DemoScopes.WRITE
                + ".")
        .annotations(
            ToolAnnotations.builder()
                .readOnlyHint(false)
                .destructiveHint(false)
                .idempotentHint(false)
                .openWorldHint(false)
                .build())
        .build();
  }

  @Override
  public Optional<TextArgument> argument() {
    return Optional.of(TEXT);
  }

  @Override
  public CallToolResult call(Call call) throws SQLException {
    return notebook
        .add(call.owner(), call.text())
        .map(note -> ToolResults.json(note.members()))
        .orElseGet(
            () ->
                ToolResults.error(
                    "The notebook is full: it contains "
                        + Notebook.MAX_NOTES
                        + " notes. Delete one with delete_note first."));
  }
}
