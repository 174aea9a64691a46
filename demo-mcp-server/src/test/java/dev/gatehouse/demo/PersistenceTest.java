package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpSyncClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersistenceTest {

  @Test
  void notesInADirectorySurviveARestart(@TempDir Path directory) throws Exception {
    ListenAddress address;
    try (RunningDemo demo = RunningDemo.withData(directory, 0);
        McpSyncClient client = demo.client(demo.token("notes:read notes:write"))) {
      address = demo.server().address();
      RunningDemo.call(client, "add_note", Map.of("text", "remember the milk"));
    }
    // On the same port, because the owner contains the issuer, which contains the port.
    try (RunningDemo demo = RunningDemo.withData(directory, address.port());
        McpSyncClient client = demo.client(demo.token("notes:read"))) {
      assertThat(RunningDemo.text(RunningDemo.call(client, "list_notes", Map.of())))
          .contains("remember the milk");
    }
  }

  @Test
  void signingKeysInADirectorySurviveARestart(@TempDir Path directory) throws Exception {
    assertThat(keys(directory)).contains("\"kid\"").isEqualTo(keys(directory));
    assertThat(Files.getPosixFilePermissions(directory.resolve("signing-keys.key")))
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  }

  private static String keys(Path directory) throws StartFailedException {
    try (RunningDemo demo = RunningDemo.withData(directory, 0)) {
      return TokenEndpoint.get(demo.origin() + "/oauth/jwks").body();
    }
  }
}
