package dev.gatehouse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Reads files as the filter does, by a clock that the test turns. */
final class WatchedFiles {

  static final String OLD = Secrets.MARKER + "-old";
  static final String NEW = Secrets.MARKER + "-new";

  private final Path directory;
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // may overflow meanwhile

  WatchedFiles(Path directory) {
    this.directory = directory;
  }

  /** Writes the file called {@code secret}. */
  Path secret(String content) throws IOException {
    return Files.writeString(directory.resolve("secret"), content);
  }

  /** Reads a file with one line. */
  Renewable<String> reading(Path file) throws BadFileException {
    return reading(
        contents -> SettingFile.oneLine(contents.get(0)),
        new SettingFile("client-secret-file", file.toString()));
  }

  <T> Renewable<T> reading(FromFiles.Parser<T> parser, SettingFile... files)
      throws BadFileException {
    return FromFiles.read(List.of(files), parser, nanos::get);
  }

  void turnBy(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** When the next look is due. */
  String afterAWhile(Renewable<String> value) {
    turnBy(FromFiles.INTERVAL);
    return value.get();
  }

  String afterTwoLooks(Renewable<String> value) {
    afterAWhile(value);
    return afterAWhile(value);
  }
}
