package dev.gatehouse.demo;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.h2.api.ErrorCode;

/** Creates the directory that {@code --data} names and opens the notebook in it. */
final class DataDirectory {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private DataDirectory() {}

  /**
   * Opens the notebook.
   *
   * @param directory empty to keep the notes in memory
   * @throws IllegalArgumentException if the directory can't be created or written to, or if other
   *     users have access to it
   * @throws StartFailedException if the database in it can't be opened
   */
  static Notebook open(Optional<Path> directory) throws StartFailedException {
    try {
      return directory.isEmpty() ? Notebook.inMemory() : Notebook.in(create(directory.get()));
    } catch (SQLException e) {
      String cause =
          e.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1
              ? "another process has opened them; stop it, or choose another directory"
              : String.valueOf(e.getMessage());
      throw new StartFailedException("--data: the notes can't be opened: " + cause, e);
    }
  }

  /** The JDBC URL of an H2 database in the directory. */
  static String url(Path directory, String database) {
    // H2's own shutdown hook would close the database while requests still use it.
    return "jdbc:h2:file:"
        + directory.resolve(database).toAbsolutePath()
        + ";DB_CLOSE_ON_EXIT=FALSE";
  }

  private static Path create(Path directory) {
    // In H2's URLs a semicolon begins the settings, some of which run SQL.
    if (directory.toAbsolutePath().toString().contains(";")) {
      throw new IllegalArgumentException(
          "--data: '" + directory + "' contains a semicolon; choose a path without one");
    }
    try {
      Files.createDirectories(directory, ownerOnly(directory));
    } catch (FileAlreadyExistsException e) {
      throw new IllegalArgumentException(
          "--data: '" + directory + "' is a file; name a directory", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--data: '" + directory + "' can't be created; name a directory that you may write to",
          e);
    }
    if (!Files.isWritable(directory)) {
      throw new IllegalArgumentException(
          "--data: '" + directory + "' is not writable; name a directory that you may write to");
    }
    requireNoAccessByOthers(directory);
    return directory;
  }

  /**
   * Refuses a directory whose files other users may read: the databases in it inherit nothing from
   * it, and the umask usually lets everyone read new files. Checks POSIX permissions only.
   */
  private static void requireNoAccessByOthers(Path directory) {
    if (!isPosix(directory)) {
      return;
    }
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
      if (!OWNER_ONLY.containsAll(permissions)) {
        throw new IllegalArgumentException(
            "--data: other users of this machine have access to '"
                + directory
                + "' ("
                + PosixFilePermissions.toString(permissions)
                + "); name a new directory, or take it from them with: chmod 700 "
                + directory);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--data: the permissions of '" + directory + "' can't be read; name another directory",
          e);
    }
  }

  private static boolean isPosix(Path directory) {
    return directory.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** The permissions of a new directory: notes are private, so only the owner has access. */
  private static FileAttribute<?>[] ownerOnly(Path directory) {
    if (!isPosix(directory)) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)};
  }
}
