package dev.gatehouse.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.AuthInfoContextExtractor;
import io.modelcontextprotocol.server.transport.HttpServletStatelessServerTransport;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpTransportException;
import jakarta.servlet.http.HttpServlet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which servlets are the MCP SDK's. */
class McpServletTest {

  private static final ClassLoader LOADER = McpServletTest.class.getClassLoader();

  /** The SDK's servlets can't be extended outside the SDK, but another one may be some day. */
  private static final class Extended extends McpTransportException {
    private static final long serialVersionUID = 1L;

    private Extended() {
      super("");
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        HttpServletStreamableServerTransportProvider.class,
        HttpServletStatelessServerTransport.class,
        Extended.class
      })
  void aClassOfTheSdkOrOneThatExtendsItIsRecognized(Class<?> type) {
    assertThat(McpServlet.is(type.getName(), LOADER)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(classes = {HttpServlet.class, AuthInfoContextExtractor.class, Object.class})
  void otherClassesAreNot(Class<?> type) {
    assertThat(McpServlet.is(type.getName(), LOADER)).isFalse();
  }

  @Test
  void aClassThatIsUnknownIsNotUnlessItsNameIsTheSdks() {
    assertThat(McpServlet.is(null, LOADER)).isFalse();
    assertThat(McpServlet.is("no.such.Servlet", LOADER)).isFalse();
    assertThat(McpServlet.is("no.such.Servlet", null)).isFalse();
    assertThat(McpServlet.is("io.modelcontextprotocol.NoSuchServlet", LOADER)).isTrue();
  }
}
