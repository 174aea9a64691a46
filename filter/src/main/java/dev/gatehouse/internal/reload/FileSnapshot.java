package dev.gatehouse.internal.reload;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What some files held when they were looked at. Closing it wipes that. */
final class FileSnapshot implements AutoCloseable {

  private final List<byte[]> contents = new ArrayList<>();
  private final @Nullable BadFileException problem;
  private final String identity;

  private FileSnapshot(List<SettingFile> files) {
    problem = readInto(contents, files);
    identity = problem == null ? digest(contents) : String.valueOf(problem.getMessage());
  }

  /** Looks at the files; what can't be read is told by {@link #contents}. */
  static FileSnapshot of(List<SettingFile> files) {
    return new FileSnapshot(files);
  }

  private static @Nullable BadFileException readInto(
      List<byte[]> contents, List<SettingFile> files) {
    try {
      for (SettingFile file : files) {
        contents.add(file.read());
      }
      return null;
    } catch (BadFileException e) {
      return e;
    }
  }

  /**
   * The content of each file.
   *
   * @throws BadFileException if one could not be read
   */
  List<byte[]> contents() throws BadFileException {
    if (problem != null) {
      throw problem;
    }
    return contents;
  }

  /** Equal for equal contents, and for the same failure to read. */
  String identity() {
    return identity;
  }

  private static String digest(List<byte[]> contents) {
    MessageDigest digest = sha256();
    for (byte[] content : contents) {
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, content.length));
      digest.update(content);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() {
    contents.forEach(content -> Arrays.fill(content, (byte) 0));
  }
}
