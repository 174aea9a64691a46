package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotebookTest {

  private static final Owner ALICE = new Owner("https://one.example", Owner.Kind.USER, "alice");

  @Test
  void ownersThatDifferInOnePartShareNoNotes() throws Exception {
    List<Owner> others =
        List.of(
            new Owner("https://two.example", Owner.Kind.USER, "alice"),
            new Owner("https://one.example", Owner.Kind.CLIENT, "alice"),
            new Owner("https://one.example", Owner.Kind.USER, "Alice"),
            new Owner("https://one.example", Owner.Kind.USER, "alice "),
            new Owner("", Owner.Kind.USER, "alice"));
    try (Notebook notebook = Notebook.inMemory()) {
      Note note = notebook.add(ALICE, "mine").orElseThrow();

      for (Owner other : others) {
        assertThat(notebook.list(other)).as("%s", other).isEmpty();
        assertThat(notebook.find(other, note.id())).as("%s", other).isEmpty();
        assertThat(notebook.delete(other, note.id())).as("%s", other).isFalse();
      }
      assertThat(notebook.list(ALICE)).containsExactly(note);
    }
  }

  @Test
  void notebooksInMemoryAreSeparate() throws Exception {
    try (Notebook one = Notebook.inMemory();
        Notebook other = Notebook.inMemory()) {
      one.add(ALICE, "in the one");

      assertThat(other.list(ALICE)).isEmpty();
    }
  }

  @Test
  void aNotebookInADirectoryKeepsItsNotesAfterClose(@TempDir Path directory) throws Exception {
    Note note;
    try (Notebook notebook = DataDirectory.open(Optional.of(directory.resolve("new/one")))) {
      note = notebook.add(ALICE, "to be kept").orElseThrow();
    }
    try (Notebook notebook = DataDirectory.open(Optional.of(directory.resolve("new/one")))) {
      assertThat(notebook.list(ALICE)).containsExactly(note);
    }
  }

  @Test
  void onlyTheOwnerHasAccessToANewDirectory(@TempDir Path directory) throws Exception {
    assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Path created = directory.resolve("new/one");

    DataDirectory.open(Optional.of(created)).close();

    for (Path each : List.of(created, created.getParent())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void aFileIsRefusedAsDirectory(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> DataDirectory.open(Optional.of(file)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is a file");
    assertThatThrownBy(() -> DataDirectory.open(Optional.of(file.resolve("below"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--data");
  }

  // H2 would parse the text after a semicolon as settings, and INIT runs SQL.
  @Test
  void aDirectoryCannotInjectSettingsIntoTheDatabaseUrl(@TempDir Path directory) {
    Path injection = directory.resolve("x;INIT=create table t(x int)");

    assertThatThrownBy(() -> DataDirectory.open(Optional.of(injection)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("semicolon");
  }
}
