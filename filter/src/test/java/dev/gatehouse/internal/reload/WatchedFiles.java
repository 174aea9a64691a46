package dev.gatehouse.internal.reload;

import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Reads files as the filter does, with a manual clock. */
public final class WatchedFiles {

  public static final String OLD = Secrets.MARKER + "-old";
  public static final String NEW = Secrets.MARKER + "-new";

  private final Path directory;
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // overflows during the test

  public WatchedFiles(Path directory) {
    this.directory = directory;
  }

  /** Writes the file {@code secret}. */
  public Path secret(String content) throws IOException {
    return Files.writeString(directory.resolve("secret"), content);
  }

  /** Reads a file that contains one line. */
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

  /** Advances the clock to the next check and returns the value. */
  public String afterOneCheck(Reloadable<String> value) {
    advance(ReloadedFiles.INTERVAL);
    return value.get();
  }

  public String afterTwoChecks(Reloadable<String> value) {
    afterOneCheck(value);
    return afterOneCheck(value);
  }
}
