package dev.gatehouse.internal.reload;

import static dev.gatehouse.internal.reload.WatchedFiles.NEW;
import static dev.gatehouse.internal.reload.WatchedFiles.OLD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.LogWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A missing, half-written or invalid file leaves the old value in use and is logged once. */
class BadFilesTest {

  private static final String CHANGED = "client-secret-file has changed and can't be used";

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private Path directory;
  private WatchedFiles files;

  @BeforeEach
  void start() {
    files = new WatchedFiles(directory);
  }

  @Test
  void aHalfWrittenFileIsNeitherUsedNorLogged() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    for (String half : Stream.of("", NEW.substring(0, 14), "\n\n" + NEW + "\n ").toList()) {
      files.secret(half);
      assertThat(files.afterOneCheck(value)).as(half).isEqualTo(OLD);
    }
    assertThat(log.messages()).isEmpty();

    files.secret(NEW + "\n");
    assertThat(files.afterTwoChecks(value)).isEqualTo(NEW);
  }

  @Test
  void aFileThatIsMissingForAMomentIsNotLogged() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    Files.delete(directory.resolve("secret"));
    assertThat(files.afterOneCheck(value)).isEqualTo(OLD);
    files.secret(OLD);

    assertThat(files.afterTwoChecks(value)).isEqualTo(OLD);
    assertThat(log.messages()).isEmpty();
  }

  @Test
  void aFileThatStaysMissingIsLoggedOnceAndSoIsItsReturn() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    Files.delete(directory.resolve("secret"));
    log.announce(CHANGED);

    assertThat(files.afterTwoChecks(value)).isEqualTo(OLD);
    assertThat(files.afterTwoChecks(value)).isEqualTo(OLD);
    assertThat(log.messages("WARN")).singleElement().asString().contains("NoSuchFileException");
    files.secret(OLD);
    assertThat(files.afterTwoChecks(value)).isEqualTo(OLD);
    assertThat(log.messages("INFO"))
        .containsExactly("INFO client-secret-file has its previous content again");
    Files.delete(directory.resolve("secret"));
    assertThat(files.afterTwoChecks(value)).isEqualTo(OLD);
    assertThat(log.messages("WARN")).hasSize(2);
  }

  @Test
  void anInvalidFileIsLoggedOncePerChangeAndALaterValidOneIsUsed() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    log.announce(CHANGED);

    for (String bad : List.of("", NEW + "\n" + NEW)) {
      files.secret(bad);
      assertThat(files.afterTwoChecks(value)).isEqualTo(OLD);
      assertThat(value.hasChangedSince(value.get())).isFalse();
      assertThat(files.afterTwoChecks(value)).isEqualTo(OLD);
    }
    Files.write(directory.resolve("secret"), new byte[] {'a', (byte) 0xff});
    assertThat(files.afterTwoChecks(value)).isEqualTo(OLD);
    assertThat(log.messages("WARN")).hasSize(3);
    assertThat(log.messages("WARN").get(2)).endsWith("secret is not UTF-8");

    files.secret(NEW);
    assertThat(files.afterTwoChecks(value)).isEqualTo(NEW);
    assertThat(log.messages("INFO"))
        .containsExactly("INFO client-secret-file has changed and is in use");
  }

  /** The message of a third-party parser's exception may contain the secret. */
  @Test
  void aFileThatAParserRejectsIsNotUsedAndItsContentIsNotLogged() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), "1");
    Reloadable<Integer> value =
        files.reading(
            contents -> Integer.valueOf(SettingFile.text(contents.get(0))),
            new SettingFile("client-secret-file", file.toString()));
    log.announce(CHANGED);
    files.secret(NEW);

    assertThat(value.hasChangedSince(value.get())).isFalse();
    assertThat(value.get()).isEqualTo(1);
    assertThat(log.messages("WARN").get(0))
        .endsWith("can't be parsed: class java.lang.NumberFormatException");
  }

  @Test
  void aFileThatIsTooLargeIsNotUsed() throws Exception {
    Reloadable<String> value = files.reading(files.secret(OLD));
    log.announce(CHANGED);
    files.secret("a".repeat(4 * 1024 * 1024 + 1));

    assertThat(files.afterTwoChecks(value)).isEqualTo(OLD);
    assertThat(log.messages("WARN").get(0)).endsWith("is larger than 4194304 bytes");
  }

  @Test
  void anInvalidFileAtStartupIsRefusedWithItsSettingAndPath() throws Exception {
    Path file = files.secret(OLD + "\n" + NEW);

    assertThatThrownBy(() -> files.reading(file))
        .isInstanceOfSatisfying(
            BadFileException.class, e -> assertThat(e.setting()).isEqualTo("client-secret-file"))
        .hasMessage(file + " does not hold exactly one line");
  }
}
