package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies that never arrive as announced. Containers throw exceptions to the filter then. */
class IncompleteBodyTest {

  private static final Map<String, String> BODIES =
      Map.of(
          "a length that is too great", "Content-Length: 500\r\n\r\n{}",
          "no last chunk", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
          "half a chunk", "Transfer-Encoding: chunked\r\n\r\n500\r\n{}",
          "no number", "Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}");

  @TempDir Path directory;

  /** Sends a request and the end of the connection, and returns whatever comes back. */
  private static String exchange(int port, String body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              ("POST /mcp HTTP/1.1\r\nHost: any.example\r\nAuthorization: Bearer some-token\r\n"
                      + "Content-Type: application/json\r\n"
                      + body)
                  .getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Container.class,
      names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_16"})
  void anIncompleteBodyIsRefusedWithoutShowingTheExceptionOfTheContainer(Container container)
      throws Exception {
    ExecutingServlet servlet = new ExecutingServlet();
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        Container.Running running = container.start(servlet, filter(as), directory)) {
      SoftAssertions all = new SoftAssertions();
      for (Map.Entry<String, String> each : BODIES.entrySet()) {
        String response = exchange(running.port(), each.getValue());
        all.assertThat(response)
            .as("response to %s", each.getKey())
            .doesNotContain("Exception", "\tat ", "dev.gatehouse")
            .matches(text -> text.isEmpty() || text.startsWith("HTTP/1.1 400"), "400 or nothing");
      }
      all.assertAll();
      assertThat(servlet.executed()).isEmpty();
    }
  }

  private static McpAuthFilter filter(FakeAuthorizationServer as) {
    as.introspection(
        FakeAuthorizationServer.json(
            200, "{\"active\":true,\"sub\":\"u\",\"aud\":\"http://127.0.0.1/mcp\"}"));
    return new McpAuthFilter(
        TestSettings.builder()
            .resource("http://127.0.0.1/mcp")
            .issuer(as.issuer())
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientAuthMethod("none")
            .set("mcp-rules", "tool *: notes:read")
            .build());
  }
}
