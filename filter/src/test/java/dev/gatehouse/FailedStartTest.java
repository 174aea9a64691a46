package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.api.InstanceFactory;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.time.Clock;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A filter that can't start, in a container that runs the application nevertheless. Undertow does;
 * Payara and GlassFish would even run it without the filter if {@code init} threw an exception.
 */
class FailedStartTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private final CallerServlet mcp = new CallerServlet();
  private final DeploymentInfo application = Servlets.deployment();

  @BeforeEach
  void announceTheError() {
    log.announce("filter gatehouse did not start, so it refuses every request with 503");
  }

  private static Settings settings() {
    return TestSettings.builder()
        .resource("https://mcp.example/mcp")
        .introspectionEndpoint("http://127.0.0.1:1/introspect")
        .clientAuthMethod("none")
        .build();
  }

  private UndertowServer start(FilterInfo filter, String servletPath) throws Exception {
    InstanceFactory<Servlet> servlet = new ImmediateInstanceFactory<>(mcp);
    application.addServlet(
        Servlets.servlet("mcp", CallerServlet.class, servlet)
            .addMapping(servletPath)
            .setAsyncSupported(true));
    application.addFilter(filter.setAsyncSupported(true));
    application.addFilterUrlMapping("gatehouse", "/mcp", DispatcherType.REQUEST);
    application.addFilterUrlMapping("gatehouse", "/.well-known/*", DispatcherType.REQUEST);
    return new UndertowServer(application, 2);
  }

  private static FilterInfo instance(McpAuthFilter filter) {
    InstanceFactory<Filter> factory = new ImmediateInstanceFactory<>(filter);
    return new FilterInfo("gatehouse", McpAuthFilter.class, factory);
  }

  private static FilterInfo withWrongSettings() {
    return new FilterInfo("gatehouse", McpAuthFilter.class)
        .addInitParam("resource", "https://mcp.example/mcp")
        .addInitParam("isuer", "https://as.example")
        .addInitParam("client-id", "mcp");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "POST /mcp",
        "GET /mcp",
        "OPTIONS /mcp",
        "TRACE /mcp",
        "GET /.well-known/oauth-protected-resource/mcp"
      })
  void everyRequestIsRefusedWithoutTheReason(String request) throws Exception {
    try (UndertowServer server = start(withWrongSettings(), "/mcp")) {
      RawClient.RawResponse response =
          RawClient.send(
              server.port(),
              RawClient.request(request, List.of("Authorization: Bearer " + Secrets.token())));

      assertThat(response.status()).isEqualTo(503);
      assertThat(response.header("Retry-After")).containsExactly("60");
      assertThat(response.header("WWW-Authenticate")).isEmpty();
      assertThat(response.body())
          .contains("\"error\":\"temporarily_unavailable\"")
          .doesNotContain("isuer");
      assertThat(mcp.calls()).isZero();
    }
  }

  @Test
  void theLogAndTheContainersOwnLogNameEveryMistakeOnce() throws Exception {
    try (UndertowServer server = start(withWrongSettings(), "/mcp")) {
      status(server);
      status(server);
    }

    assertThat(log.messages("ERROR")).singleElement().satisfies(FailedStartTest::namesTheMistakes);
    assertThat(log.messages("INFO"))
        .filteredOn(message -> message.contains("did not start"))
        .singleElement()
        .satisfies(FailedStartTest::namesTheMistakes);
  }

  private static void namesTheMistakes(String message) {
    assertThat(message)
        .contains("isuer: unknown setting; write issuer", "issuer: missing", "client-secret");
  }

  @Test
  void aFilterThatCanBeBypassedRefusesEveryRequestThatReachesIt() throws Exception {
    try (UndertowServer server = start(instance(new McpAuthFilter(settings())), "/mcp/*")) {
      assertThat(status(server)).isEqualTo(503);
    }

    assertThat(log.messages("ERROR"))
        .singleElement()
        .asString()
        .contains("servlet 'mcp' also serves paths that the filter is not mapped to");
  }

  static Stream<Throwable> unexpectedErrors() {
    return Stream.of(
        new IllegalStateException("this machine has no clock"),
        new NoClassDefFoundError("this machine has no clock"),
        new ServiceConfigurationError("this machine has no clock"),
        new StackOverflowError("this machine has no clock"));
  }

  @MethodSource("unexpectedErrors")
  @ParameterizedTest
  void anUnexpectedErrorAtTheStartIsLoggedAndLeavesNoThread(Throwable error) throws Exception {
    McpAuthFilter filter =
        new McpAuthFilter(
            settings(),
            Clock.systemUTC(),
            () -> {
              if (error instanceof Error thrown) {
                throw thrown;
              }
              throw (RuntimeException) error;
            });
    try (UndertowServer server = start(instance(filter), "/mcp")) {
      assertThat(status(server)).isEqualTo(503);
    }

    assertThat(log.messages("ERROR"))
        .as("one in the log, one in the container's own log")
        .hasSize(2)
        .allSatisfy(message -> assertThat(message).contains("this machine has no clock"));
  }

  private static int status(UndertowServer server) throws Exception {
    String request =
        RawClient.request("POST /mcp", List.of("Authorization: Bearer " + Secrets.token()));
    return RawClient.send(server.port(), request).status();
  }
}
