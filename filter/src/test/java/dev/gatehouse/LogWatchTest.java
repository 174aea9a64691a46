package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** {@link LogWatch} must capture all events, or tests that expect no secret prove nothing. */
class LogWatchTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @Test
  void logEventsAreCaptured() {
    log.announce("look here");

    LoggerFactory.getLogger(McpAuthFilter.class).warn("look {}", "here");
    LoggerFactory.getLogger(McpAuthFilter.class).trace("and here");

    assertThat(log.messages()).containsExactly("WARN look here", "TRACE and here");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "abc", "mcp-filter:", "mcp-filter:a", "mcp-filter:ab"})
  void aSecretIsFoundInBase64AtAnyOffset(String before) {
    byte[] bytes = (before + Secrets.CLIENT_SECRET).getBytes(StandardCharsets.UTF_8);

    assertThat(Secrets.appearIn(Base64.getEncoder().encodeToString(bytes))).isTrue();
    assertThat(Secrets.appearIn("Basic YTpi")).isFalse();
  }
}
