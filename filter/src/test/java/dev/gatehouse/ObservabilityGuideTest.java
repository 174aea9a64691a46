package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.BadResponses;
import dev.gatehouse.testing.Examples;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Compiles, deploys and calls the examples of the guide's page on observability. */
class ObservabilityGuideTest {

  private static final Path PAGE = Path.of("..", "src", "site", "markdown", "observability.md");

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private Path directory;

  private static Settings settings(FakeAuthorizationServer as) {
    return Settings.builder()
        .selfTest(false)
        .resource("https://mcp.example/mcp")
        .introspectionEndpoint(as.introspectionEndpoint())
        .clientId("mcp-filter")
        .clientSecret(Secrets.CLIENT_SECRET)
        .breakerWait(Duration.ofMinutes(5))
        .build();
  }

  @Test
  void theHealthServletReportsWhetherTheAuthorizationServerResponds() throws Exception {
    String source =
        """
        import dev.gatehouse.*;
        import jakarta.servlet.http.*;
        import java.io.IOException;
        %s
        """
            .formatted(Examples.block(PAGE, "java", "HealthServlet"));
    HttpServlet servlet =
        (HttpServlet)
            Examples.compiled(directory, "HealthServlet", source).getConstructor().newInstance();
    log.announce("refused: reason=as_");
    log.announce("circuit breaker open for ");
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        var server =
            new ProtectedServer(
                "/",
                origin ->
                    context -> {
                      ProtectedServer.addServlet(context, "mcp", new CallerServlet(), "/mcp");
                      ProtectedServer.addServlet(context, "health", servlet, "/health");
                      context.setAttribute(
                          "gatehouse", McpAuthFilter.register(context, "mcp", settings(as)));
                    })) {
      server.get("/mcp", "Authorization", "Bearer " + Secrets.token());
      assertThat(server.get("/health"))
          .returns(200, response -> response.statusCode())
          .returns("UP\n", response -> response.body());

      as.introspection(BadResponses.named("cuts off"));
      for (int i = 0; i < 5; i++) {
        server.get("/mcp", "Authorization", "Bearer " + Secrets.token());
      }
      Await.until("down", () -> server.get("/health").statusCode() == 503);
      assertThat(server.get("/health"))
          .returns(503, response -> response.statusCode())
          .returns("DOWN\n", response -> response.body());
    }
  }

  @Test
  void theMeterExampleRegistersMeters() throws Exception {
    String source =
        """
        import dev.gatehouse.*;
        import io.micrometer.core.instrument.MeterRegistry;
        import jakarta.servlet.ServletContext;

        public class Example {
          public static void run(
              ServletContext servletContext, Settings settings, MeterRegistry meterRegistry) {
            %s
          }
        }
        """
            .formatted(Examples.block(PAGE, "java", "bindTo"));
    var run =
        Examples.compiled(directory, "Example", source)
            .getMethod("run", ServletContext.class, Settings.class, MeterRegistry.class);
    MeterRegistry registry = new SimpleMeterRegistry();
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        var server =
            new ProtectedServer(
                "/",
                origin ->
                    context -> {
                      ProtectedServer.addServlet(context, "mcp", new CallerServlet(), "/mcp");
                      try {
                        run.invoke(null, context, settings(as), registry);
                      } catch (ReflectiveOperationException e) {
                        throw new LinkageError("the example does not run", e);
                      }
                    })) {
      server.get("/mcp");
      var counter =
          registry.get("gatehouse.requests").tag("reason", "no_credentials").functionCounter();
      assertThat(counter.count()).isEqualTo(1);
    }
  }
}
