package dev.gatehouse.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The body of a response and its media type.
 *
 * @param bytes must not be modified
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Content(String type, byte[] bytes) {

  /** Reads a file from the jar, in the package of this class. */
  static Content ofFile(String name, String type) {
    try (InputStream file = Content.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return new Content(type, file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
