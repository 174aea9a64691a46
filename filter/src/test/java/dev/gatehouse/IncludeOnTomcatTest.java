package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A refusal inside an include: unlike Jetty, Tomcat forbids mixing writer and output stream. */
class IncludeOnTomcatTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  private final CallerServlet servlet = new CallerServlet();

  private void register(ServletContext context) {
    ProtectedServer.addServlet(context, "mcp", servlet, "/mcp");
    ProtectedServer.addServlet(
        context,
        "unprotected",
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException, ServletException {
            response.getWriter().print("before ");
            request.getRequestDispatcher("/mcp").include(request, response);
          }
        },
        "/unprotected");
    McpAuthFilter.register(
        context,
        "mcp",
        TestSettings.builder()
            .resource("https://mcp.example/mcp")
            .issuer("https://as.example")
            .clientId("mcp-filter")
            .clientSecret(Secrets.CLIENT_SECRET)
            .build());
  }

  @Test
  void aRefusalInsideAnIncludeIsWrittenToTheOpenWriter() throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(directory.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context application = tomcat.addContext("", null);
    application.addServletContainerInitializer((classes, context) -> register(context), Set.of());
    tomcat.start();
    try {
      RawResponse response =
          RawClient.send(
              tomcat.getConnector().getLocalPort(),
              RawClient.request("GET /unprotected", List.of()));

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body()).startsWith("before {\"error\":\"unauthorized\"");
      assertThat(servlet.calls()).isZero();
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }
}
