package dev.gatehouse.authorizationserver.store.jdbc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The file with the key that the signing keys are encrypted with: one line of base64url. */
final class KeyFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /** More than any key needs, so that a wrong file is not read into memory. */
  private static final long MAX_SIZE = 1_000;

  private final Path path;

  KeyFile(Path path) {
    this.path = path;
  }

  boolean exists() {
    return Files.exists(path);
  }

  /**
   * Reads the key.
   *
   * @throws IllegalStateException when it is missing or damaged, or others may read it
   */
  KeyEncryption read() {
    try {
      requireNoAccessByOthers();
      String text = Files.size(path) > MAX_SIZE ? "" : Files.readString(path, UTF_8).strip();
      return KeyEncryption.parse(text)
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "the key file "
                          + path
                          + " is damaged: restore it, with 43 characters of base64url, from a"
                          + " copy"));
    } catch (IOException e) {
      throw new IllegalStateException("the key file " + path + " can't be read", e);
    }
  }

  /** Creates the file with a new key that only its owner may read. */
  KeyEncryption create() {
    try {
      // Complete before it has its name, also if the machine stops meanwhile.
      Path incomplete = path.resolveSibling(path.getFileName() + ".new");
      Files.deleteIfExists(incomplete);
      try (FileChannel channel =
          FileChannel.open(
              incomplete,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              ownerOnly())) {
        ByteBuffer bytes = ByteBuffer.wrap((KeyEncryption.randomKey() + "\n").getBytes(US_ASCII));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(incomplete, path);
    } catch (FileAlreadyExistsException e) {
      // Another process has just created it.
    } catch (IOException e) {
      throw new IllegalStateException("the key file " + path + " can't be created", e);
    }
    return read();
  }

  private void requireNoAccessByOthers() throws IOException {
    if (isPosix()) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      if (!OWNER_ONLY.containsAll(permissions)) {
        throw new IllegalStateException(
            "other users of this machine have access to the key file "
                + path
                + " ("
                + PosixFilePermissions.toString(permissions)
                + "); take it from them with: chmod 600 "
                + path);
      }
    }
  }

  private FileAttribute<?>[] ownerOnly() {
    return isPosix()
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private boolean isPosix() {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
