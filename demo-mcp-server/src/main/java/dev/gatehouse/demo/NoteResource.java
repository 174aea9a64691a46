package dev.gatehouse.demo;

import dev.gatehouse.AuthInfo;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceTemplateSpecification;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.ResourceTemplate;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The resource {@code notes://{id}}: a note as plain text. */
final class NoteResource {

  private static final Logger LOG = LoggerFactory.getLogger(NoteResource.class);

  private final Notebook notebook;

  NoteResource(Notebook notebook) {
    this.notebook = notebook;
  }

  SyncResourceTemplateSpecification template() {
    return new SyncResourceTemplateSpecification(
        ResourceTemplate.builder(Note.URI_PREFIX + "{id}", "note")
            .title("A note")
            .description("One of your notes; list_notes returns the ids.")
            .mimeType("text/plain")
            .build(),
        (exchange, request) -> read(AuthInfo.from(exchange.transportContext()), request.uri()));
  }

  private ReadResourceResult read(AuthInfo caller, String uri) {
    return find(caller, uri)
        .map(
            note ->
                ReadResourceResult.builder(
                        List.of(
                            TextResourceContents.builder(uri, note.text())
                                .mimeType("text/plain")
                                .build()))
                    .build())
        .orElseThrow(() -> McpError.RESOURCE_NOT_FOUND.apply(uri));
  }

  private Optional<Note> find(AuthInfo caller, String uri) {
    Optional<Owner> owner = Owner.of(caller);
    if (owner.isEmpty() || !uri.startsWith(Note.URI_PREFIX)) {
      return Optional.empty();
    }
    try {
      return notebook.find(owner.get(), uri.substring(Note.URI_PREFIX.length()));
    } catch (SQLException e) {
      LOG.error("failed to read a note", e);
      throw McpError.builder(ErrorCodes.INTERNAL_ERROR)
          .message("The notes are unavailable. Try again later.")
          .build();
    }
  }
}
