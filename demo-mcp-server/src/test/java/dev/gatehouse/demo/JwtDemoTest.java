package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpSyncClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo with {@code --jwt}: its authorization server issues JWTs, and its filter verifies them.
 */
class JwtDemoTest {

  @Test
  void aToolIsCalledWithAJwt() throws Exception {
    try (RunningDemo demo = RunningDemo.withJwts(Optional.empty(), 0)) {
      String token = demo.token("notes:read notes:write");
      assertThat(token).startsWith("eyJ");
      try (McpSyncClient client = demo.client(token)) {
        assertThat(RunningDemo.text(RunningDemo.call(client, "whoami", Map.of())))
            .contains(EmbeddedAuthorizationServer.CLIENT_ID, "notes:read", "notes:write");
      }
    }
  }

  @Test
  void aJwtWithAnotherSignatureIsRefused() throws Exception {
    try (RunningDemo demo = RunningDemo.withJwts(Optional.empty(), 0)) {
      String token = demo.token("notes:read");
      String other = demo.token("notes:read");
      String forged =
          token.substring(0, token.lastIndexOf('.')) + other.substring(other.lastIndexOf('.'));

      assertThat(
              RawHttp.exchange(
                      demo.port(), "POST /mcp", McpSession.headers(forged), McpSession.INITIALIZE)
                  .status())
          .isEqualTo(401);
      assertThat(
              RawHttp.exchange(
                      demo.port(), "POST /mcp", McpSession.headers(token), McpSession.INITIALIZE)
                  .status())
          .isEqualTo(200);
    }
  }

  @Test
  void aJwtAndAnOpaqueTokenOfEarlierAreValidAfterARestart(@TempDir Path directory)
      throws Exception {
    String opaque;
    int port;
    try (RunningDemo demo = RunningDemo.withData(directory, 0)) {
      port = demo.port();
      opaque = demo.token("notes:read");
    }
    String jwt;
    try (RunningDemo demo = RunningDemo.withJwts(Optional.of(directory), port)) {
      jwt = demo.token("notes:read");
    }
    try (RunningDemo demo = RunningDemo.withJwts(Optional.of(directory), port);
        McpSyncClient withOpaque = demo.client(opaque);
        McpSyncClient withJwt = demo.client(jwt)) {
      assertThat(RunningDemo.text(RunningDemo.call(withOpaque, "whoami", Map.of())))
          .isEqualTo(RunningDemo.text(RunningDemo.call(withJwt, "whoami", Map.of())));
    }
  }
}
