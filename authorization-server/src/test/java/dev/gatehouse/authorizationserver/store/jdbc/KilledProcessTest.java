package dev.gatehouse.authorizationserver.store.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.TokenStatus;
import dev.gatehouse.authorizationserver.store.TokenStore;
import dev.gatehouse.authorizationserver.testing.KilledProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledProcessTest {
  private static final int ENOUGH = 200;

  @Test
  void whatWasReportedAsStoredSurvivesAKilledProcess(@TempDir Path directory)
      throws IOException, InterruptedException {
    String url = "jdbc:h2:file:" + directory.resolve("tokens");
    List<String> reported = runAndKill(url);

    assertThat(reported).hasSizeGreaterThanOrEqualTo(ENOUGH);
    try (JdbcStore store = JdbcStore.open(url, "sa", "")) {
      TokenStore tokens = store.tokens();
      for (String pair : reported) {
        String[] values = pair.split(" ", -1);
        assertThat(status(tokens, values[0])).isEqualTo(TokenStatus.GOOD);
        assertThat(status(tokens, values[1])).isEqualTo(TokenStatus.REVOKED);
      }
    }
  }

  private static TokenStatus status(TokenStore tokens, String value) {
    return tokens.find(new OpaqueToken(value)).orElseThrow().status();
  }

  /** Returns the complete lines that the process wrote. */
  private static List<String> runAndKill(String url) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledProcess.class.getName(),
                url)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> reported = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.matches("[A-Za-z0-9_-]{43} [A-Za-z0-9_-]{43}")) {
          reported.add(line);
        }
        if (reported.size() == ENOUGH) {
          // SIGKILL, by its handle, so that its output so far can still be read.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly();
    }
    process.waitFor();
    return reported;
  }
}
