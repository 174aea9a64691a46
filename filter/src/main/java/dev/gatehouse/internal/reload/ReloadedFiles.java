package dev.gatehouse.internal.reload;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value parsed from files, which are read again when they change. {@link #get} checks the files
 * on the calling thread, so there is no thread to stop. It compares contents: modification times
 * are too coarse, and file system events miss network drives and directories that are replaced as a
 * whole, as Kubernetes does.
 *
 * <p>A change is applied when two checks in a row have found it, because a file may be half
 * written, or at the first check by {@link #reload}. The first check after a pause of all callers
 * also applies it, if the files have not been written for a while. Invalid files are logged, and
 * the previous value stays in use. This class is thread-safe.
 */
public final class ReloadedFiles<T> implements Reloadable<T> {

  /** Parses the contents of the files. */
  @FunctionalInterface
  public interface Parser<T> {

    /**
     * Parses the contents of the files, in order.
     *
     * @throws IllegalArgumentException with the error and nothing of the contents; the message
     *     begins with a verb, because the path of the first file is put before it
     */
    T parse(List<byte[]> contents);
  }

  /** The time between two checks of {@link #get}. */
  static final Duration INTERVAL = Duration.ofSeconds(2);

  /** After so long without a check, or without a write, no writer is still at work. */
  static final Duration PAUSE = Duration.ofSeconds(3);

  private static final Logger log = LoggerFactory.getLogger(ReloadedFiles.class);

  private final List<SettingFile> files;
  private final Parser<T> parser;
  private final LongSupplier nanoTime;

  /** False for a pipe, which can be read only once. */
  private final boolean rereadable;

  private final ReentrantLock checking = new ReentrantLock();
  private volatile T value;
  private volatile long nextCheckNanos;

  /** The identity of the contents in use. */
  private String used;

  /** The identity of the contents at the latest check. */
  private String seen;

  /** The identity of invalid contents that have been logged; empty if there are none. */
  private String reported = "";

  private ReloadedFiles(List<SettingFile> files, Parser<T> parser, LongSupplier nanoTime)
      throws BadFileException {
    this.files = List.copyOf(files);
    this.parser = parser;
    this.nanoTime = nanoTime;
    this.rereadable = files.stream().allMatch(SettingFile::isRegular);
    try (FileSnapshot found = FileSnapshot.of(files)) {
      this.value = parse(files, parser, found);
      this.used = found.identity();
      this.seen = used;
    }
    this.nextCheckNanos = nanoTime.getAsLong() + INTERVAL.toNanos();
  }

  /**
   * Reads the files for the first time.
   *
   * @throws BadFileException if a file can't be read or is invalid
   */
  public static <T> Reloadable<T> read(List<SettingFile> files, Parser<T> parser)
      throws BadFileException {
    return read(files, parser, System::nanoTime);
  }

  /** With a clock for tests. */
  static <T> Reloadable<T> read(List<SettingFile> files, Parser<T> parser, LongSupplier nanoTime)
      throws BadFileException {
    return new ReloadedFiles<>(files, parser, nanoTime);
  }

  private static <T> T parse(List<SettingFile> files, Parser<T> parser, FileSnapshot found)
      throws BadFileException {
    try {
      return parser.parse(found.contents());
    } catch (RuntimeException e) {
      // The message of a library's exception may contain the content.
      boolean ours = e.getClass() == IllegalArgumentException.class;
      throw new BadFileException(
          files.get(0), ours ? String.valueOf(e.getMessage()) : "can't be parsed: " + e.getClass());
    }
  }

  /** Checks the files if it is time, unless another thread does so already. */
  @Override
  public T get() {
    if (nextCheckNanos - nanoTime.getAsLong() <= 0 && checking.tryLock()) {
      try {
        check(false);
      } finally {
        checking.unlock();
      }
    }
    return value;
  }

  @Override
  public void reload() {
    checking.lock();
    try {
      check(true);
    } finally {
      checking.unlock();
    }
  }

  private void check(boolean immediately) {
    long now = nanoTime.getAsLong();
    boolean afterPause = now - nextCheckNanos >= PAUSE.minus(INTERVAL).toNanos();
    nextCheckNanos = now + INTERVAL.toNanos();
    if (!rereadable) {
      return;
    }
    // Before the contents are read, so that a later write is not taken for an earlier one.
    boolean settled = afterPause && files.stream().allMatch(file -> file.isUnwrittenFor(PAUSE));
    try (FileSnapshot found = FileSnapshot.of(files)) {
      String before = seen;
      seen = found.identity();
      if (seen.equals(used)) {
        logRestored();
      } else if (!seen.equals(reported) && (immediately || settled || seen.equals(before))) {
        apply(found);
      }
    }
  }

  private void apply(FileSnapshot found) {
    try {
      value = parse(files, parser, found);
      used = found.identity();
      reported = "";
      log.info("{} has changed and is in use", names());
    } catch (BadFileException e) {
      reported = found.identity();
      log.warn(
          "{} has changed and can't be used; the previous value stays in use until it is corrected:"
              + " {}",
          names(),
          e.getMessage());
    }
  }

  private void logRestored() {
    if (!reported.isEmpty()) {
      reported = "";
      log.info("{} has its previous content again", names());
    }
  }

  private String names() {
    return files.stream().map(SettingFile::setting).collect(Collectors.joining(" with "));
  }
}
