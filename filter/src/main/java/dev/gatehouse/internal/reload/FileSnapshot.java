package dev.gatehouse.internal.reload;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The contents of files at one moment. {@link #close} wipes them. */
final class FileSnapshot implements AutoCloseable {

  private final List<byte[]> contents = new ArrayList<>();
  private final @Nullable BadFileException failure;
  private final String identity;

  private FileSnapshot(List<SettingFile> files) {
    failure = readInto(contents, files);
    identity = failure == null ? digest(contents) : String.valueOf(failure.getMessage());
  }

  /** Reads the files; if that fails, {@link #contents} throws. */
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
   * The content of each file, in order.
   *
   * @throws BadFileException if a file could not be read
   */
  List<byte[]> contents() throws BadFileException {
    if (failure != null) {
      throw failure;
    }
    return contents;
  }

  /** Identifies the contents, or the failure to read them: equal for equal ones. */
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
