package dev.gatehouse.internal.reload;

import static dev.gatehouse.internal.reload.WatchedFiles.NEW;
import static dev.gatehouse.internal.reload.WatchedFiles.OLD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Changes as editors, package managers and Kubernetes make them, with a manual clock. */
class ReloadedFilesTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private Path directory;
  private WatchedFiles files;

  @BeforeEach
  void start() {
    files = new WatchedFiles(directory);
  }

  @Test
  void aChangeIsUsedAfterTwoChecksAndLoggedOnce() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    files.secret(NEW);

    assertThat(value.get()).isEqualTo(OLD);
    assertThat(files.afterOneCheck(value)).isEqualTo(OLD);
    assertThat(value.get()).isEqualTo(OLD);
    assertThat(files.afterOneCheck(value)).isEqualTo(NEW);
    assertThat(files.afterTwoChecks(value)).isEqualTo(NEW);
    assertThat(log.messages("INFO"))
        .containsExactly("INFO client-secret-file has changed and is in use");
  }

  @Test
  void newContentOfTheSameSizeAndTimeIsAChange() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    FileTime time = Files.getLastModifiedTime(directory.resolve("secret"));
    Files.setLastModifiedTime(files.secret(NEW), time);

    assertThat(files.afterTwoChecks(value)).isEqualTo(NEW);
  }

  @Test
  void rewritingTheSameContentIsNoChange() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    String before = value.get();
    files.secret(OLD);

    assertThat(files.afterTwoChecks(value)).isSameAs(before);
    assertThat(value.hasChangedSince(before)).isFalse();
    assertThat(log.messages()).isEmpty();
  }

  @Test
  void aFileRenamedOverTheOldOneIsAChange() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    Files.move(
        Files.writeString(directory.resolve("secret.tmp"), NEW),
        directory.resolve("secret"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);

    assertThat(files.afterTwoChecks(value)).isEqualTo(NEW);
  }

  /** secret → ..data/secret, and ..data → a directory of one revision, replaced by a rename. */
  @Test
  void aSymbolicLinkReplacedByKubernetesIsAChange() throws Exception {
    revision("..revision-1", OLD);
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..revision-1"));
    Files.createSymbolicLink(directory.resolve("secret"), Path.of("..data", "secret"));
    Reloadable<String> value = files.reading(directory.resolve("secret"));
    assertThat(value.get()).isEqualTo(OLD);

    revision("..revision-2", NEW);
    Path newLink =
        Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..revision-2"));
    Files.move(newLink, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    delete(directory.resolve("..revision-1"));

    assertThat(files.afterTwoChecks(value)).isEqualTo(NEW);
  }

  @Test
  void aReplacedDirectoryIsAChange() throws Exception {
    Reloadable<String> value = files.reading(revision("mounted", OLD));
    delete(directory.resolve("mounted"));
    assertThat(files.afterOneCheck(value)).isEqualTo(OLD);
    revision("mounted", NEW);

    assertThat(files.afterTwoChecks(value)).isEqualTo(NEW);
  }

  private Path revision(String name, String content) throws IOException {
    Path created = Files.createDirectory(directory.resolve(name));
    return Files.writeString(created.resolve("secret"), content);
  }

  private static void delete(Path revision) throws IOException {
    Files.delete(revision.resolve("secret"));
    Files.delete(revision);
  }

  @Test
  void aChangeIsUsedImmediatelyAfterARefusal() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    String refused = value.get();
    assertThat(value.hasChangedSince(refused)).isFalse();
    files.secret(NEW);

    assertThat(value.hasChangedSince(refused)).isTrue();
    assertThat(value.get()).isEqualTo(NEW);
    // Another thread whose request was pending at the same time.
    assertThat(value.hasChangedSince(refused)).isTrue();
    assertThat(value.hasChangedSince(value.get())).isFalse();
  }

  @Test
  void filesThatBelongTogetherAreUsedWhenTheyMatch() throws Exception {
    Path lock = Files.writeString(directory.resolve("lock"), "1");
    Path key = Files.writeString(directory.resolve("key"), "1");
    Reloadable<String> value =
        files.reading(
            contents ->
                matching(SettingFile.text(contents.get(0)), SettingFile.text(contents.get(1))),
            new SettingFile("key-store", lock.toString()),
            new SettingFile("key-store-password-file", key.toString()));
    log.announce("key-store with key-store-password-file has changed and can't be used");

    Files.writeString(lock, "2");
    assertThat(files.afterTwoChecks(value)).isEqualTo("1");
    Files.writeString(key, "2");
    assertThat(files.afterTwoChecks(value)).isEqualTo("2");
  }

  private static String matching(String lock, String key) {
    if (!lock.equals(key)) {
      throw new IllegalArgumentException("does not open");
    }
    return lock;
  }

  @Test
  void noThreadWaitsWhileAnotherThreadReadsTheFiles() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch mayFinish = new CountDownLatch(1);
    Path file = files.secret(OLD);
    Reloadable<String> value =
        files.reading(
            contents -> {
              String content = SettingFile.oneLine(contents.get(0));
              if (content.equals(NEW)) {
                reading.countDown();
                await(mayFinish);
              }
              return content;
            },
            new SettingFile("client-secret-file", file.toString()));
    files.secret(NEW);
    files.afterOneCheck(value);
    CompletableFuture<String> other =
        CompletableFuture.supplyAsync(() -> files.afterOneCheck(value));
    await(reading);

    assertThat(files.afterOneCheck(value)).isEqualTo(OLD);
    mayFinish.countDown();
    assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(NEW);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As with {@code client-secret-file=<(…)} in a shell: a second read would block for ever. */
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
    Reloadable<String> value = files.reading(pipe);
    writing.get(60, TimeUnit.SECONDS);

    assertThat(files.afterTwoChecks(value)).isEqualTo(OLD);
    assertThat(value.hasChangedSince(value.get())).isFalse();
  }

  @Test
  void afterAPauseTheFirstCheckUsesAFileThatNobodyIsWriting() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    written(files.secret(NEW), Instant.now().minusSeconds(60));
    files.advance(ReloadedFiles.PAUSE);

    assertThat(value.get()).isEqualTo(NEW);
  }

  @Test
  void afterAPauseAFileThatWasJustWrittenMayBeHalfWritten() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    written(files.secret(NEW), Instant.now().plusSeconds(3600)); // however slow this test is
    files.advance(ReloadedFiles.PAUSE);

    assertThat(value.get()).isEqualTo(OLD);
    assertThat(files.afterOneCheck(value)).isEqualTo(NEW);
  }

  @Test
  void withoutAPauseAnOldFileIsCheckedTwice() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    written(files.secret(NEW), Instant.now().minusSeconds(60));
    files.advance(ReloadedFiles.PAUSE.minusNanos(1));

    assertThat(value.get()).isEqualTo(OLD);
  }

  @Test
  void afterAPauseAMissingFileIsCheckedTwice() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    Files.delete(directory.resolve("secret"));
    files.advance(ReloadedFiles.PAUSE);

    assertThat(value.get()).isEqualTo(OLD);
    assertThat(log.messages()).isEmpty();
  }

  private static void written(Path file, Instant when) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(when));
  }

  @Test
  void theFilesAreCheckedOncePerInterval() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    files.secret(NEW);
    for (int i = 1; i < 10; i++) {
      files.advance(ReloadedFiles.INTERVAL.dividedBy(5));
      assertThat(value.get()).isEqualTo(OLD);
    }
    files.advance(ReloadedFiles.INTERVAL.dividedBy(5));
    assertThat(value.get()).isEqualTo(NEW);
  }
}
