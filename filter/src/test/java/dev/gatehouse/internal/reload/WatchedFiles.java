package dev.gatehouse.internal.reload;

import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Reads files as the filter does, by a clock that the test turns. */
public final class WatchedFiles {

  public static final String OLD = Secrets.MARKER + "-old";
  public static final String NEW = Secrets.MARKER + "-new";

  private final Path directory;
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // may overflow meanwhile

  public WatchedFiles(Path directory) {
    this.directory = directory;
  }

  /** Writes the file called {@code secret}. */
  public Path secret(String content) throws IOException {
    return Files.writeString(directory.resolve("secret"), content);
  }

  /** Reads a file with one line. */
  public Reloadable<String> reading(Path file) throws BadFileException {
    return reading(
        contents -> SettingFile.oneLine(contents.get(0)),
        new SettingFile("client-secret-file", file.toString()));
  }

  public <T> Reloadable<T> reading(ReloadedFiles.Parser<T> parser, SettingFile... files)
      throws BadFileException {
    return ReloadedFiles.read(List.of(files), parser, nanos::get);
  }

  public void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** When the next look is due. */
  public String afterAWhile(Reloadable<String> value) {
    advance(ReloadedFiles.INTERVAL);
    return value.get();
  }

  public String afterTwoLooks(Reloadable<String> value) {
    afterAWhile(value);
    return afterAWhile(value);
  }
}
