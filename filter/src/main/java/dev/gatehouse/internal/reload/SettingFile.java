package dev.gatehouse.internal.reload;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * A file that is the value of a setting.
 *
 * @param setting the name of the setting
 * @param path as written in the setting
 */
public record SettingFile(String setting, String path) {

  /** Many times the size of a bundle of all public certificate authorities. */
  private static final int MAX_BYTES = 4 * 1024 * 1024;

  /**
   * Reads the file.
   *
   * @throws BadFileException if it can't be read or is too large
   */
  byte[] read() throws BadFileException {
    byte[] content;
    try (InputStream in = Files.newInputStream(Path.of(path))) {
      content = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException | InvalidPathException e) {
      throw new BadFileException(this, "can't be read: " + e);
    }
    if (content.length > MAX_BYTES) {
      throw new BadFileException(this, "is larger than " + MAX_BYTES + " bytes");
    }
    return content;
  }

  /** Whether the file can be read twice, unlike a pipe. */
  boolean isRegular() {
    try {
      return Files.isRegularFile(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Whether the file was last written before at least so long a time; false in doubt. */
  boolean isUnwrittenFor(Duration time) {
    try {
      Instant written = Files.getLastModifiedTime(Path.of(path)).toInstant();
      return written.isBefore(Instant.now().minus(time));
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  /**
   * The content of a file as text.
   *
   * @throws IllegalArgumentException if it is not UTF-8
   */
  public static String text(byte[] content) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("is not UTF-8", e);
    }
  }

  /**
   * The content of a file of one line, without surrounding white space.
   *
   * @throws IllegalArgumentException if it does not have exactly one line
   */
  public static String oneLine(byte[] content) {
    String line = text(content).strip();
    if (line.lines().count() != 1) {
      throw new IllegalArgumentException("does not hold exactly one line");
    }
    return line;
  }
}
