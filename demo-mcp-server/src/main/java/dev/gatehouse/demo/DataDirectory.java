package dev.gatehouse.demo;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Optional;
import org.h2.api.ErrorCode;

/** Opens the notebook where {@code --data} says. */
final class DataDirectory {

  private DataDirectory() {}

  /**
   * Opens it, in memory if no directory is given.
   *
   * @throws IllegalArgumentException if the directory can't be one
   * @throws StartFailedException if the database in it can't be opened
   */
  static Notebook open(Optional<Path> directory) throws StartFailedException {
    try {
      return directory.isEmpty() ? Notebook.inMemory() : Notebook.in(created(directory.get()));
    } catch (SQLException e) {
      String cause =
          e.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1
              ? "another process has them open; stop it, or choose another directory"
              : String.valueOf(e.getMessage());
      throw new StartFailedException("--data: the notes can't be opened: " + cause, e);
    }
  }

  /** The URL of a database in a directory that has been opened. */
  static String url(Path directory, String database) {
    // H2's own shutdown hook would close the database under requests that are still being answered.
    return "jdbc:h2:file:"
        + directory.resolve(database).toAbsolutePath()
        + ";DB_CLOSE_ON_EXIT=FALSE";
  }

  private static Path created(Path directory) {
    // In H2's URLs a semicolon begins the settings, some of which run SQL.
    if (directory.toAbsolutePath().toString().contains(";")) {
      throw new IllegalArgumentException(
          "--data: '" + directory + "' has a semicolon in it; choose a path without");
    }
    try {
      Files.createDirectories(directory, ownerOnly(directory));
    } catch (FileAlreadyExistsException e) {
      throw new IllegalArgumentException(
          "--data: '" + directory + "' is a file; name a directory", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--data: '" + directory + "' can't be made; name a directory that you may write to", e);
    }
    if (!Files.isWritable(directory)) {
      throw new IllegalArgumentException(
          "--data: '" + directory + "' is not writable; name a directory that you may write to");
    }
    return directory;
  }

  /** Notes are private: a directory that is made for them is closed to other users. */
  private static FileAttribute<?>[] ownerOnly(Path directory) {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
    };
  }
}
