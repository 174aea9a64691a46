package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A servlet without async support, which Tomcat knows only after the last filter. */
class AsyncOnTomcatTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  /** Opens an event stream, as the MCP SDK's servlet does. */
  private static final class StreamingServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
      try {
        request.startAsync().complete();
      } catch (IllegalStateException e) {
        response.setStatus(599);
      }
    }
  }

  private static void register(ServletContext context, FakeAuthorizationServer as) {
    context.addServlet("mcp", new StreamingServlet()).addMapping("/mcp");
    McpAuthFilter.register(
        context,
        "mcp",
        TestSettings.builder()
            .resource("https://mcp.example/mcp")
            .issuer(as.issuer())
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientAuthMethod("none")
            .build());
  }

  @Test
  void aServletWithoutAsyncSupportIsReportedOnce() throws Exception {
    log.announce("async_off: set async-supported");
    try (FakeAuthorizationServer as = new FakeAuthorizationServer()) {
      as.introspection(
          FakeAuthorizationServer.json(
              200, "{\"active\":true,\"aud\":\"https://mcp.example/mcp\"}"));
      Tomcat tomcat = new Tomcat();
      tomcat.setBaseDir(directory.toString());
      tomcat.setPort(0);
      tomcat.getConnector().setProperty("address", "127.0.0.1");
      Context application = tomcat.addContext("", null);
      application.addServletContainerInitializer(
          (classes, context) -> register(context, as), Set.of());
      tomcat.start();
      try {
        String request =
            RawClient.request("POST /mcp", List.of("Authorization: Bearer " + Secrets.token()));
        int port = tomcat.getConnector().getLocalPort();
        assertThat(RawClient.send(port, request).status()).isEqualTo(599);
        assertThat(RawClient.send(port, request).status()).isEqualTo(599);
      } finally {
        tomcat.stop();
        tomcat.destroy();
      }
    }
    assertThat(log.messages("ERROR")).hasSize(1);
  }
}
