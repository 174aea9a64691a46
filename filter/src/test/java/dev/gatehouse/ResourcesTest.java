package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filters under a context path, several filters, and mappings with which no filter starts. */
class ResourcesTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private FakeAuthorizationServer as;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
  }

  @AfterEach
  void stop() {
    as.close();
  }

  private SettingsBuilder settings(String resource) {
    return Settings.builder()
        .selfTest(false)
        .resource(resource)
        .issuer(as.issuer())
        .introspectionEndpoint(as.introspectionEndpoint())
        .clientId("mcp-filter")
        .clientSecret(Secrets.CLIENT_SECRET);
  }

  private static HttpResponse<String> withToken(ProtectedServer server, String path)
      throws IOException {
    return server.get(path, "Authorization", "Bearer " + Secrets.token());
  }

  private static String challenge(ProtectedServer server, String path) throws IOException {
    return server.get(path).headers().firstValue("WWW-Authenticate").orElse("none");
  }

  @Test
  void theWellKnownPartPrecedesTheContextPath() throws Exception {
    CallerServlet servlet = new CallerServlet();
    try (var server =
        new ProtectedServer(
            "/app",
            origin ->
                context -> {
                  ProtectedServer.addServlet(context, "mcp", servlet, "/mcp");
                  McpAuthFilter.register(context, "mcp", settings(origin + "/app/mcp").build());
                })) {
      as.introspection(json(200, "{\"active\":true,\"aud\":\"" + server.mcp() + "\"}"));

      assertThat(challenge(server, "/app/mcp"))
          .isEqualTo(
              "Bearer resource_metadata=\"%s/.well-known/oauth-protected-resource/app/mcp\""
                  .formatted(server.origin()));
      assertThat(withToken(server, "/app/mcp").statusCode()).isEqualTo(200);
      // A proxy may forward the path with the context path or without it.
      for (String path : new String[] {"", "/mcp", "/app/mcp"}) {
        assertThat(server.get("/app/.well-known/oauth-protected-resource" + path).body())
            .startsWith("{\"resource\":\"" + server.mcp() + "\"");
      }
      assertThat(servlet.calls()).isEqualTo(1);
    }
  }

  /** One servlet behind two filters. */
  private ProtectedServer twoFilters(CallerServlet servlet, String first, String second)
      throws Exception {
    return new ProtectedServer(
        "/",
        origin ->
            context -> {
              ProtectedServer.addServlet(context, "mcp", servlet, "/mcp");
              McpAuthFilter.register(context, "mcp", settings(origin + first).build());
              McpAuthFilter.register(context, "mcp", settings(origin + second).build());
            });
  }

  private void activeFor(ProtectedServer server, String... paths) {
    String audience =
        Arrays.stream(paths)
            .map(path -> '"' + server.origin() + path + '"')
            .collect(Collectors.joining(","));
    as.introspection(json(200, "{\"active\":true,\"sub\":\"alice\",\"aud\":[" + audience + "]}"));
  }

  @Test
  void twoFiltersMustBothAdmitARequest() throws Exception {
    CallerServlet servlet = new CallerServlet();
    try (var server = twoFilters(servlet, "/mcp", "/other")) {
      activeFor(server, "/mcp");
      assertThat(withToken(server, "/mcp").statusCode()).isEqualTo(401);
      assertThat(servlet.calls()).isZero();

      activeFor(server, "/mcp", "/other");
      assertThat(withToken(server, "/mcp").statusCode()).isEqualTo(200);
      assertThat(server.get("/mcp").headers().allValues("WWW-Authenticate")).hasSize(1);
    }
  }

  @Test
  void registeringAFilterTwiceIsHarmless() throws Exception {
    CallerServlet servlet = new CallerServlet();
    try (var server = twoFilters(servlet, "/mcp", "/mcp")) {
      activeFor(server, "/mcp");
      assertThat(withToken(server, "/mcp").body()).startsWith("user=alice");
      assertThat(servlet.calls()).isEqualTo(1);
    }
  }

  /** Two servlets with a filter each; {@code /one?forward} forwards to the second. */
  private ProtectedServer twoResources(CallerServlet second) throws Exception {
    HttpServlet first =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            try {
              if (request.getParameter("forward") != null) {
                request.getRequestDispatcher("/two").forward(request, response);
              } else {
                response.getWriter().print("first");
              }
            } catch (ServletException e) {
              throw new IOException(e);
            }
          }
        };
    return new ProtectedServer(
        "/",
        origin ->
            context -> {
              ProtectedServer.addServlet(context, "one", first, "/one");
              ProtectedServer.addServlet(context, "two", second, "/two");
              McpAuthFilter.register(context, "one", settings(origin + "/one").build());
              McpAuthFilter.register(
                  context, "two", settings(origin + "/two").requiredScopes("two").build());
            });
  }

  @Test
  void eachResourceHasItsOwnFilterAndMetadata() throws Exception {
    CallerServlet second = new CallerServlet();
    try (var server = twoResources(second)) {
      as.introspection(json(200, "{\"active\":true,\"aud\":\"" + server.origin() + "/one\"}"));

      assertThat(withToken(server, "/one").body()).isEqualTo("first");
      assertThat(withToken(server, "/two").statusCode()).isEqualTo(401);
      assertThat(second.calls()).isZero();
      assertThat(challenge(server, "/one")).contains("/oauth-protected-resource/one\"");
      assertThat(challenge(server, "/two"))
          .contains("/oauth-protected-resource/two\", scope=\"two\"");
      for (String path : new String[] {"/one", "/two"}) {
        assertThat(server.get("/.well-known/oauth-protected-resource" + path).body())
            .startsWith("{\"resource\":\"" + server.origin() + path + "\"");
      }
    }
  }

  @Test
  void aRequestAdmittedByOneFilterIsCheckedByTheOther() throws Exception {
    CallerServlet second = new CallerServlet();
    try (var server = twoResources(second)) {
      String both = "\"aud\":[\"%1$s/one\",\"%1$s/two\"]".formatted(server.origin());
      as.introspection(json(200, "{\"active\":true," + both + "}"));

      HttpResponse<String> refused = withToken(server, "/one?forward");

      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.headers().firstValue("WWW-Authenticate"))
          .hasValueSatisfying(challenge -> assertThat(challenge).contains("scope=\"two\""));
      assertThat(second.calls()).isZero();

      as.introspection(json(200, "{\"active\":true,\"scope\":\"two\"," + both + "}"));
      assertThat(withToken(server, "/one?forward").body()).contains("scopes=[two]");
    }
  }

  @ParameterizedTest(name = "a filter on {0} before a servlet on {1} is bypassed at {2}")
  @CsvSource(
      textBlock =
          """
          /mcp,    /mcp/*,  /mcp/mcp
          /mcp/*,  /*,      /x/mcp
          /mcp,    /*,      /xmcp/mcp
          /mcp,    /,       /x/mcp
          """)
  void aFilterThatCanBeBypassedDoesNotStart(String filter, String servlet, String bypass) {
    assertDoesNotStart(
        origin ->
            context -> {
              ProtectedServer.addServlet(context, "mcp", new CallerServlet(), servlet);
              var registration =
                  context.addFilter("guard", new McpAuthFilter(settings(origin + "/mcp").build()));
              registration.setAsyncSupported(true);
              registration.addMappingForUrlPatterns(
                  EnumSet.allOf(DispatcherType.class), false, filter);
            },
        "servlet 'mcp' also serves paths that the filter is not mapped to");
  }

  @Test
  void aFilterForAServletThatDoesNotExistDoesNotStart() {
    assertDoesNotStart(
        origin ->
            context -> {
              ProtectedServer.addServlet(context, "mcp", new CallerServlet(), "/mcp");
              McpAuthFilter.register(context, "mpc", settings(origin + "/mcp").build());
            },
        "the filter is mapped to servlet 'mpc', which does not exist");
  }

  private static void assertDoesNotStart(
      Function<String, Consumer<ServletContext>> setUp, String reason) {
    assertThatThrownBy(() -> new ProtectedServer("/", setUp).close())
        .hasStackTraceContaining(reason);
  }
}
