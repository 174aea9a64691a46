package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files as editors, packagers and Kubernetes change them, and a clock that the test turns. */
class FromFilesTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private static final String OLD = Secrets.MARKER + "-old";
  private static final String NEW = Secrets.MARKER + "-new";
  private static final String CHANGED = "client-secret-file has changed and can't be used";

  @TempDir private Path directory;
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // may overflow meanwhile

  private Renewable<String> reading(Path file) throws Exception {
    return FromFiles.read(
        List.of(new SettingFile("client-secret-file", file.toString())),
        contents -> SettingFile.oneLine(contents.get(0)),
        nanos::get);
  }

  private String afterAWhile(Renewable<String> value) {
    nanos.addAndGet(FromFiles.INTERVAL.toNanos());
    return value.get();
  }

  private String afterTwoLooks(Renewable<String> value) {
    afterAWhile(value);
    return afterAWhile(value);
  }

  private Path secret(String content) throws IOException {
    return Files.writeString(directory.resolve("secret"), content);
  }

  private List<String> logged(String level) {
    return log.messages().stream().filter(message -> message.startsWith(level)).toList();
  }

  @Test
  void aChangeIsUsedWhenTwoLooksHaveFoundItAndLoggedOnce() throws Exception {
    Renewable<String> value = reading(secret(OLD));
    secret(NEW);

    assertThat(value.get()).isEqualTo(OLD);
    assertThat(afterAWhile(value)).isEqualTo(OLD);
    assertThat(value.get()).isEqualTo(OLD);
    assertThat(afterAWhile(value)).isEqualTo(NEW);
    assertThat(afterTwoLooks(value)).isEqualTo(NEW);
    assertThat(logged("INFO")).containsExactly("INFO client-secret-file has changed and is in use");
  }

  @Test
  void aSecondOfTheSameSizeInTheSameSecondIsAChange() throws Exception {
    Renewable<String> value = reading(secret(OLD));
    FileTime time = Files.getLastModifiedTime(directory.resolve("secret"));
    Files.setLastModifiedTime(secret(NEW), time);

    assertThat(afterTwoLooks(value)).isEqualTo(NEW);
  }

  @Test
  void theSameContentWrittenAnewIsNoChange() throws Exception {
    Renewable<String> value = reading(secret(OLD));
    String before = value.get();
    secret(OLD);

    assertThat(afterTwoLooks(value)).isSameAs(before);
    assertThat(value.isReplaced(before)).isFalse();
    assertThat(log.messages()).isEmpty();
  }

  @Test
  void aFileRenamedOverItIsAChange() throws Exception {
    Renewable<String> value = reading(secret(OLD));
    Files.move(
        Files.writeString(directory.resolve("secret.tmp"), NEW),
        directory.resolve("secret"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);

    assertThat(afterTwoLooks(value)).isEqualTo(NEW);
  }

  /** secret → ..data/secret, and ..data → a directory of this revision, swapped by a rename. */
  @Test
  void aLinkSwappedAsKubernetesDoesItIsAChange() throws Exception {
    revision("..revision-1", OLD);
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..revision-1"));
    Files.createSymbolicLink(directory.resolve("secret"), Path.of("..data", "secret"));
    Renewable<String> value = reading(directory.resolve("secret"));
    assertThat(value.get()).isEqualTo(OLD);

    revision("..revision-2", NEW);
    Path swapped =
        Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..revision-2"));
    Files.move(swapped, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    delete(directory.resolve("..revision-1"));

    assertThat(afterTwoLooks(value)).isEqualTo(NEW);
  }

  @Test
  void aDirectoryReplacedAsAWholeIsAChange() throws Exception {
    Renewable<String> value = reading(revision("mounted", OLD));
    delete(directory.resolve("mounted"));
    assertThat(afterAWhile(value)).isEqualTo(OLD);
    revision("mounted", NEW);

    assertThat(afterTwoLooks(value)).isEqualTo(NEW);
  }

  private Path revision(String name, String content) throws IOException {
    Path made = Files.createDirectory(directory.resolve(name));
    return Files.writeString(made.resolve("secret"), content);
  }

  private static void delete(Path revision) throws IOException {
    Files.delete(revision.resolve("secret"));
    Files.delete(revision);
  }

  @Test
  void whatAnEditorHasHalfWrittenIsNeitherUsedNorLogged() throws Exception {
    Renewable<String> value = reading(secret(OLD));
    for (String half : Stream.of("", NEW.substring(0, 14), "\n\n" + NEW + "\n ").toList()) {
      secret(half);
      assertThat(afterAWhile(value)).as(half).isEqualTo(OLD);
    }
    assertThat(log.messages()).isEmpty();

    secret(NEW + "\n");
    assertThat(afterTwoLooks(value)).isEqualTo(NEW);
  }

  @Test
  void aFileThatIsGoneForAMomentIsNotMissed() throws Exception {
    Renewable<String> value = reading(secret(OLD));
    Files.delete(directory.resolve("secret"));
    assertThat(afterAWhile(value)).isEqualTo(OLD);
    secret(OLD);

    assertThat(afterTwoLooks(value)).isEqualTo(OLD);
    assertThat(log.messages()).isEmpty();
  }

  @Test
  void aFileThatStaysAwayIsLoggedOnceAndItsReturnToo() throws Exception {
    Renewable<String> value = reading(secret(OLD));
    Files.delete(directory.resolve("secret"));
    log.announce(CHANGED);

    assertThat(afterTwoLooks(value)).isEqualTo(OLD);
    assertThat(afterTwoLooks(value)).isEqualTo(OLD);
    assertThat(logged("WARN")).singleElement().asString().contains("NoSuchFileException");
    secret(OLD);
    assertThat(afterTwoLooks(value)).isEqualTo(OLD);
    assertThat(logged("INFO")).containsExactly("INFO client-secret-file is again what it was");
    Files.delete(directory.resolve("secret"));
    assertThat(afterTwoLooks(value)).isEqualTo(OLD);
    assertThat(logged("WARN")).hasSize(2);
  }

  @Test
  void aBadOneIsLoggedOnceForEachChangeAndAGoodOneIsUsedAgain() throws Exception {
    Renewable<String> value = reading(secret(OLD));
    log.announce(CHANGED);

    for (String bad : List.of("", NEW + "\n" + NEW)) {
      secret(bad);
      assertThat(afterTwoLooks(value)).isEqualTo(OLD);
      assertThat(value.isReplaced(value.get())).isFalse();
      assertThat(afterTwoLooks(value)).isEqualTo(OLD);
    }
    Files.write(directory.resolve("secret"), new byte[] {'a', (byte) 0xff});
    assertThat(afterTwoLooks(value)).isEqualTo(OLD);
    assertThat(logged("WARN")).hasSize(3);
    assertThat(logged("WARN").get(2)).endsWith("secret is not UTF-8");

    secret(NEW);
    assertThat(afterTwoLooks(value)).isEqualTo(NEW);
    assertThat(logged("INFO")).containsExactly("INFO client-secret-file has changed and is in use");
  }

  /** What a parser of somebody else's throws may repeat what it has read. */
  @Test
  void oneAtWhichAParserBreaksTakesNothingAwayAndIsNotRepeated() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), "1");
    Renewable<Integer> value =
        FromFiles.read(
            List.of(new SettingFile("client-secret-file", file.toString())),
            contents -> Integer.valueOf(SettingFile.text(contents.get(0))),
            nanos::get);
    log.announce(CHANGED);
    secret(NEW);

    assertThat(value.isReplaced(value.get())).isFalse();
    assertThat(value.get()).isEqualTo(1);
    assertThat(logged("WARN").get(0))
        .endsWith("can't be parsed: class java.lang.NumberFormatException");
  }

  @Test
  void oneThatWouldFillTheMemoryIsLeftAlone() throws Exception {
    Renewable<String> value = reading(secret(OLD));
    log.announce(CHANGED);
    secret("a".repeat(4 * 1024 * 1024 + 1));

    assertThat(afterTwoLooks(value)).isEqualTo(OLD);
    assertThat(logged("WARN").get(0)).endsWith("is larger than 4194304 bytes");
  }

  @Test
  void whoeverIsRefusedHasTheChangeAtOnce() throws Exception {
    Renewable<String> value = reading(secret(OLD));
    String refused = value.get();
    assertThat(value.isReplaced(refused)).isFalse();
    secret(NEW);

    assertThat(value.isReplaced(refused)).isTrue();
    assertThat(value.get()).isEqualTo(NEW);
    // Another thread whose question was under way meanwhile.
    assertThat(value.isReplaced(refused)).isTrue();
    assertThat(value.isReplaced(value.get())).isFalse();
  }

  @Test
  void filesThatGoTogetherAreTakenWhenTheyFit() throws Exception {
    Path lock = Files.writeString(directory.resolve("lock"), "1");
    Path key = Files.writeString(directory.resolve("key"), "1");
    Renewable<String> value =
        FromFiles.read(
            List.of(
                new SettingFile("key-store", lock.toString()),
                new SettingFile("key-store-password-file", key.toString())),
            contents ->
                fitting(SettingFile.text(contents.get(0)), SettingFile.text(contents.get(1))),
            nanos::get);
    log.announce("key-store with key-store-password-file has changed and can't be used");

    Files.writeString(lock, "2");
    assertThat(afterTwoLooks(value)).isEqualTo("1");
    Files.writeString(key, "2");
    assertThat(afterTwoLooks(value)).isEqualTo("2");
  }

  private static String fitting(String lock, String key) {
    if (!lock.equals(key)) {
      throw new IllegalArgumentException("does not open");
    }
    return lock;
  }

  @Test
  void nobodyWaitsForAnotherThreadThatLooks() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Path file = secret(OLD);
    Renewable<String> value =
        FromFiles.read(
            List.of(new SettingFile("client-secret-file", file.toString())),
            contents -> {
              String read = SettingFile.oneLine(contents.get(0));
              if (read.equals(NEW)) {
                reading.countDown();
                await(goOn);
              }
              return read;
            },
            nanos::get);
    secret(NEW);
    afterAWhile(value);
    CompletableFuture<String> other = CompletableFuture.supplyAsync(() -> afterAWhile(value));
    await(reading);

    assertThat(afterAWhile(value)).isEqualTo(OLD);
    goOn.countDown();
    assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(NEW);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As {@code client-secret-file=<(…)} in a shell: a second reader would wait for ever. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPipeIsReadOnce() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try {
                Files.writeString(pipe, OLD);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    Renewable<String> value = reading(pipe);
    writing.get(60, TimeUnit.SECONDS);

    assertThat(afterTwoLooks(value)).isEqualTo(OLD);
    assertThat(value.isReplaced(value.get())).isFalse();
  }

  @Test
  void aBadOneAtTheStartIsAMistakeThatNamesSettingAndPath() throws Exception {
    Path file = secret(OLD + "\n" + NEW);

    assertThatThrownBy(() -> reading(file))
        .isInstanceOfSatisfying(
            BadFileException.class, e -> assertThat(e.setting()).isEqualTo("client-secret-file"))
        .hasMessage(file + " does not hold exactly one line");
  }

  @Test
  void theFilesAreLookedAtEveryFewSecondsAndNoMore() throws Exception {
    Renewable<String> value = reading(secret(OLD));
    secret(NEW);
    for (int i = 1; i < 10; i++) {
      nanos.addAndGet(FromFiles.INTERVAL.dividedBy(5).toNanos());
      assertThat(value.get()).isEqualTo(OLD);
    }
    nanos.addAndGet(FromFiles.INTERVAL.dividedBy(5).toNanos());
    assertThat(value.get()).isEqualTo(NEW);
  }
}
