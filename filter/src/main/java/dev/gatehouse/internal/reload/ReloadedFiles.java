package dev.gatehouse.internal.reload;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value that stands in files, read again when they change. Whoever uses it looks at them, so that
 * there is no thread to end, and compares what they hold: neither times, which are too coarse, nor
 * the file system's events, which tell nothing of a directory that is replaced as a whole, as
 * Kubernetes does it, or lies on another machine.
 *
 * <p>A change counts when two looks in a row have found it, or when somebody had cause to look at
 * once: in between, a file may be half written. What is no good is logged, and the value in use
 * stays.
 */
public final class ReloadedFiles<T> implements Reloadable<T> {

  /** Turns what the files hold, in their order, into the value. */
  @FunctionalInterface
  public interface Parser<T> {

    /**
     * Parses.
     *
     * @throws IllegalArgumentException saying what is wrong, and nothing of what they hold; begins
     *     with a verb, since the first file's path stands before it
     */
    T parse(List<byte[]> contents);
  }

  /** Between two looks. */
  static final Duration INTERVAL = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(ReloadedFiles.class);

  private final List<SettingFile> files;
  private final Parser<T> parser;
  private final LongSupplier nanoTime;

  /** What comes out of a pipe is read once. */
  private final boolean readableAgain;

  private final ReentrantLock looking = new ReentrantLock();
  private volatile T value;
  private volatile long nextLookNanos;

  /** The identities of what is in use, what was seen last, and what has been logged as bad. */
  private String used;

  private String seen;
  private String complainedOf = "";

  private ReloadedFiles(List<SettingFile> files, Parser<T> parser, LongSupplier nanoTime)
      throws BadFileException {
    this.files = List.copyOf(files);
    this.parser = parser;
    this.nanoTime = nanoTime;
    this.readableAgain = files.stream().allMatch(SettingFile::isRegular);
    try (FileSnapshot found = FileSnapshot.of(files)) {
      this.value = parse(files, parser, found);
      this.used = found.identity();
      this.seen = used;
    }
    this.nextLookNanos = nanoTime.getAsLong() + INTERVAL.toNanos();
  }

  /**
   * Reads for the first time.
   *
   * @throws BadFileException if one can't be read or used
   */
  public static <T> Reloadable<T> read(List<SettingFile> files, Parser<T> parser)
      throws BadFileException {
    return read(files, parser, System::nanoTime);
  }

  /** With a clock that tests turn. */
  static <T> Reloadable<T> read(List<SettingFile> files, Parser<T> parser, LongSupplier nanoTime)
      throws BadFileException {
    return new ReloadedFiles<>(files, parser, nanoTime);
  }

  private static <T> T parse(List<SettingFile> files, Parser<T> parser, FileSnapshot found)
      throws BadFileException {
    try {
      return parser.parse(found.contents());
    } catch (RuntimeException e) {
      // Other people's parsers throw what they like at what they can't read, and may repeat that.
      boolean ours = e.getClass() == IllegalArgumentException.class;
      throw new BadFileException(
          files.get(0), ours ? String.valueOf(e.getMessage()) : "can't be parsed: " + e.getClass());
    }
  }

  /** Looks at the files if it is time; nobody waits for another thread that does. */
  @Override
  public T get() {
    if (nextLookNanos - nanoTime.getAsLong() <= 0 && looking.tryLock()) {
      try {
        look(false);
      } finally {
        looking.unlock();
      }
    }
    return value;
  }

  @Override
  public void reload() {
    looking.lock();
    try {
      look(true);
    } finally {
      looking.unlock();
    }
  }

  private void look(boolean takeAtOnce) {
    nextLookNanos = nanoTime.getAsLong() + INTERVAL.toNanos();
    if (!readableAgain) {
      return;
    }
    try (FileSnapshot found = FileSnapshot.of(files)) {
      String before = seen;
      seen = found.identity();
      if (seen.equals(used)) {
        noticeOldOnesAreBack();
      } else if (!seen.equals(complainedOf) && (takeAtOnce || seen.equals(before))) {
        take(found);
      }
    }
  }

  private void take(FileSnapshot found) {
    try {
      value = parse(files, parser, found);
      used = found.identity();
      complainedOf = "";
      log.info("{} has changed and is in use", names());
    } catch (BadFileException e) {
      complainedOf = found.identity();
      log.warn(
          "{} has changed and can't be used; what was read before stays in use until that is"
              + " mended: {}",
          names(),
          e.getMessage());
    }
  }

  private void noticeOldOnesAreBack() {
    if (!complainedOf.isEmpty()) {
      complainedOf = "";
      log.info("{} is again what it was", names());
    }
  }

  private String names() {
    return files.stream().map(SettingFile::setting).collect(Collectors.joining(" with "));
  }
}
