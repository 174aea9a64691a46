package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabaseSettingsTest {

  private static final Map<String, String> VALID =
      Map.of(
          "GATEHOUSE_DB_URL", "jdbc:postgresql://127.0.0.1/notes",
          "GATEHOUSE_DB_USER", "notes",
          "GATEHOUSE_DB_PASSWORD", "s3cr3t");

  @Test
  void withoutVariablesThereIsNoDatabase() {
    assertThat(DatabaseSettings.of(Map.of("GATEHOUSE_RESOURCE", "https://x/mcp"))).isEmpty();
  }

  @Test
  void thePasswordIsNotPrinted() {
    assertThat(DatabaseSettings.of(VALID))
        .hasValueSatisfying(
            settings -> {
              assertThat(settings.password()).isEqualTo("s3cr3t");
              assertThat(settings.toString()).contains("notes").doesNotContain("s3cr3t");
            });
  }

  @Test
  void oneMessageNamesEveryError() {
    assertThatThrownBy(
            () ->
                DatabaseSettings.of(
                    Map.of("GATEHOUSE_DB_URL", "jdbc:mysql:x", "GATEHOUSE_DB_PASWORD", "s3cr3t")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GATEHOUSE_DB_URL: is not the URL of a PostgreSQL")
        .hasMessageContaining("GATEHOUSE_DB_USER: missing")
        .hasMessageContaining("GATEHOUSE_DB_PASWORD: is unknown")
        .message()
        .doesNotContain("s3cr3t");
  }

  @Test
  void aPasswordInTheUrlIsRefusedAndNotPrinted() {
    assertThatThrownBy(
            () ->
                DatabaseSettings.of(
                    Map.of(
                        "GATEHOUSE_DB_URL",
                        "jdbc:postgresql://127.0.0.1/notes?password=s3cr3t",
                        "GATEHOUSE_DB_USER",
                        "notes")))
        .hasMessageContaining("GATEHOUSE_DB_PASSWORD")
        .message()
        .doesNotContain("s3cr3t");
  }

  @Test
  void aDatabaseWithoutTheEmbeddedAuthorizationServerIsAnError() {
    assertThatThrownBy(() -> DatabaseSettings.requireNone(VALID))
        .hasMessageContaining("GATEHOUSE_DB_URL")
        .message()
        .doesNotContain("s3cr3t");
  }

  @Test
  void anUnreachableDatabasePreventsTheStart() throws IOException {
    try (var bound = new Socket()) { // not listening: connections fail, and the port stays taken
      bound.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
      assertStartFails(bound.getLocalPort());
    }
  }

  private static void assertStartFails(int port) {
    Map<String, String> environment =
        Map.of(
            "GATEHOUSE_DB_URL",
            "jdbc:postgresql://127.0.0.1:" + port + "/notes",
            "GATEHOUSE_DB_USER",
            "notes",
            "GATEHOUSE_DB_PASSWORD",
            "s3cr3t");

    assertThatThrownBy(() -> AuthorizationData.open(Optional.empty(), environment))
        .isInstanceOf(StartFailedException.class)
        .hasMessageContaining("GATEHOUSE_DB_URL: the database")
        .message()
        .hasLineCount(1)
        .doesNotContain("s3cr3t");
  }
}
