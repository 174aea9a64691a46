package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Examples;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpTransportContextExtractor;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.web.context.support.GenericWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** One servlet that serves MCP and public pages, and a filter that is mapped to the MCP paths. */
class FrontControllerTest {

  /** Ways to write the path, or something that resembles it, by those who have no token. */
  private static final List<String> SPELLINGS =
      List.of(
          "/mcp",
          "/mcp/",
          "/mcp//",
          "/mcp/x",
          "/mcp/./x",
          "/mcp?x",
          "/mcp.json",
          "/MCP",
          "/Mcp",
          "/%6dcp",
          "/%256dcp",
          "/%c1%adcp",
          "/mc%C2%ADp",
          "/mcp;x=1",
          "/mcp;x=1/y",
          "/;x/mcp",
          "/mcp%3bx",
          "//mcp",
          "///mcp",
          "//mcp/x",
          "/%2fmcp",
          "/mcp%2f",
          "/mcp%2Fx",
          "/./mcp",
          "/mcp/.",
          "/mcp%2e",
          "/mcp%c0%ae",
          "/x/../mcp",
          "/public/../mcp/x",
          "/public/%2e%2e/mcp",
          "/public%2f..%2fmcp",
          "/x/..;/mcp",
          "/x;/..;/mcp",
          "/mcp/..",
          "/mcp/../mcp",
          "/mcp/..//mcp",
          "/mcp/../public",
          "/mcp/%2e%2e/public",
          "/mcp/..;/public",
          "/mcp/x/../../public",
          "/mcp%00",
          "/mcp%0a",
          "/mcp%20",
          "/mcp%23",
          "/mcp%3Fx",
          "/mcp%5c",
          "/mcp\\",
          "/\\mcp",
          "http://any.example/mcp",
          "http://any.example//mcp");

  private static final McpTransportContextExtractor<ServerRequest> SECOND_LOCK =
      request -> new AuthInfoContextExtractor().extract(request.servletRequest());

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private Path directory;

  private FakeAuthorizationServer as;

  /** How often requests have reached the MCP server, whether or not the filter admitted them. */
  private final AtomicInteger reached = new AtomicInteger();

  @BeforeEach
  void start() throws IOException {
    as = new FakeAuthorizationServer();
    as.introspection(
        json(200, "{\"active\":true,\"sub\":\"alice\",\"aud\":\"https://mcp.example.com/mcp\"}"));
  }

  @AfterEach
  void stop() {
    as.close();
  }

  private SettingsBuilder settings() {
    return TestSettings.builder()
        .resource("https://mcp.example.com/mcp")
        .issuer(as.issuer())
        .introspectionEndpoint(as.introspectionEndpoint())
        .clientAuthMethod("none");
  }

  /** Spring MVC with public pages, and an MCP server at these paths, which has the second lock. */
  private HttpServlet spring(String... mcpPaths) {
    GenericWebApplicationContext context = new GenericWebApplicationContext();
    RouterFunctions.Builder routes =
        RouterFunctions.route()
            .GET("/public", request -> ServerResponse.ok().body("public"))
            .GET("/public/forward", request -> ServerResponse.ok().render("forward:/mcp"));
    for (String path : mcpPaths) {
      routes.GET(path, this::mcp);
    }
    RouterFunction<ServerResponse> built =
        routes.GET("/**", request -> ServerResponse.notFound().build()).build();
    context.registerBean(RouterFunction.class, () -> built);
    context.refresh();
    return new DispatcherServlet(context);
  }

  private ServerResponse mcp(ServerRequest request) {
    reached.incrementAndGet();
    try {
      McpTransportContext caller = SECOND_LOCK.extract(request);
      return ServerResponse.ok().body("mcp for " + AuthInfo.from(caller).getName());
    } catch (IllegalStateException e) {
      return ServerResponse.status(500).build();
    }
  }

  /** A front controller that decides itself whether a request is for its MCP server. */
  private HttpServlet deciding(Function<HttpServletRequest, String> path) {
    return new HttpServlet() {
      private static final long serialVersionUID = 1L;

      @Override
      protected void service(HttpServletRequest request, HttpServletResponse response)
          throws IOException {
        if (!path.apply(request).equals("/mcp")) {
          response.getWriter().print("public");
          return;
        }
        reached.incrementAndGet();
        try {
          response.getWriter().print("mcp for " + AuthInfo.from(request).getName());
        } catch (IllegalStateException e) {
          response.setStatus(500);
        }
      }
    };
  }

  private static String decodedPath(HttpServletRequest request) {
    String info = request.getPathInfo();
    return request.getServletPath() + (info == null ? "" : info);
  }

  private static String leniently(HttpServletRequest request) {
    return decodedPath(request)
        .toLowerCase(Locale.ROOT)
        .replaceAll(";.*|\\..*", "")
        .replaceAll("/+", "/")
        .strip();
  }

  private Container.Running start(Container container, HttpServlet servlet, String mapping)
      throws Exception {
    McpAuthFilter filter = new McpAuthFilter(settings().mappingCheck("warn").build());
    return container.start(
        directory,
        context -> {
          ProtectedServer.addServlet(context, "app", servlet, mapping);
          addFilter(context, filter);
        });
  }

  private static void addFilter(ServletContext context, McpAuthFilter filter) {
    var registration = context.addFilter("gatehouse", filter);
    registration.setAsyncSupported(true);
    registration.addMappingForUrlPatterns(
        EnumSet.allOf(DispatcherType.class),
        false,
        "/mcp",
        "/mcp/*",
        "/.well-known/oauth-protected-resource/*");
  }

  private static RawResponse get(int port, String path) throws IOException {
    return RawClient.send(port, RawClient.request("GET " + path, List.of()));
  }

  private static RawResponse getWithToken(int port, String path) throws IOException {
    return RawClient.send(
        port,
        RawClient.request("GET " + path, List.of("Authorization: Bearer " + Secrets.token())));
  }

  private static void assertProtectsMcpAlone(int port) throws IOException {
    assertThat(get(port, "/public").body()).isEqualTo("public");
    assertThat(get(port, "/mcp").status()).isEqualTo(401);
    assertThat(get(port, "/mcp/").status()).isEqualTo(401);
    assertThat(get(port, "/public/forward").status()).isEqualTo(401);
    assertThat(get(port, "/.well-known/oauth-protected-resource/mcp").body())
        .contains("\"resource\":\"https://mcp.example.com/mcp\"");
    assertThat(getWithToken(port, "/mcp").body()).isEqualTo("mcp for alice");
    assertThat(getWithToken(port, "/public/forward").body()).isEqualTo("mcp for alice");
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void theFilterProtectsTheMcpPathsOfSpringMvcAndNamesTheOthers(Container container)
      throws Exception {
    log.announce("gatehouse starts although it does not protect all paths");
    try (Container.Running server = start(container, spring("/mcp"), "/")) {
      assertProtectsMcpAlone(server.port());
    }
    assertThat(log.messages("WARN"))
        .containsExactly(
            """
            WARN gatehouse starts although it does not protect all paths (mapping-check=warn):
              servlet 'app' serves without a token: every path except \
            /.well-known/oauth-protected-resource/*, /mcp, /mcp/*\
            """);
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void noSpellingOfAnExactPathReachesTheMcpServerWithoutAToken(Container container)
      throws Exception {
    log.announce("gatehouse starts although it does not protect all paths");
    for (String mapping : List.of("/", "/*")) {
      for (HttpServlet servlet :
          List.of(spring("/mcp"), deciding(FrontControllerTest::decodedPath))) {
        try (Container.Running server = start(container, servlet, mapping)) {
          for (String spelling : SPELLINGS) {
            assertThat(get(server.port(), spelling).body()).as(spelling).doesNotContain("mcp for");
          }
        }
      }
    }
    assertThat(reached).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void theSecondLockRejectsWhatAFrontControllerTakesForTheMcpPath(Container container)
      throws Exception {
    log.announce("gatehouse starts although it does not protect all paths");
    for (HttpServlet servlet :
        List.of(spring("/mcp", "/mcp/**"), deciding(FrontControllerTest::leniently))) {
      try (Container.Running server = start(container, servlet, "/")) {
        for (String spelling : SPELLINGS) {
          assertThat(get(server.port(), spelling).body()).as(spelling).doesNotContain("mcp for");
        }
      }
    }
    // Otherwise the lock would not have been tried.
    assertThat(reached).hasPositiveValue();
  }

  @Test
  void aSecondMappingOfSpringMvcIsAnotherWayToTheMcpPath() throws Exception {
    log.announce("filter gatehouse did not start");
    McpAuthFilter filter = new McpAuthFilter(settings().mappingCheck("warn").build());
    try (Container.Running server =
        Container.UNDERTOW_16.start(
            directory,
            context -> {
              ProtectedServer.addServlet(context, "app", spring("/mcp"), "/", "/app/*");
              addFilter(context, filter);
            })) {
      get(server.port(), "/app/mcp");
      assertThat(reached).as("the mapping matters").hasPositiveValue();
      assertThat(getWithToken(server.port(), "/mcp").status()).isEqualTo(503);
    }
    assertThat(log.messages("ERROR"))
        .hasSize(1)
        .first()
        .asString()
        .contains("may serve the same at '/app/mcp' as at '/mcp'");
  }

  /** Undertow, because it starts an application whose filter does not start. */
  private void assertDoesNotStart(HttpServlet servlet, Settings settings, String finding)
      throws Exception {
    log.announce("filter gatehouse did not start");
    McpAuthFilter filter = new McpAuthFilter(settings);
    try (Container.Running server =
        Container.UNDERTOW_16.start(
            directory,
            context -> {
              ProtectedServer.addServlet(context, "app", servlet, "/*");
              addFilter(context, filter);
            })) {
      assertThat(getWithToken(server.port(), "/mcp").status()).isEqualTo(503);
    }
    assertThat(log.messages("ERROR")).hasSize(1).first().asString().contains(finding);
  }

  @Test
  void aFrontControllerIsRefusedByDefaultAndTheLogSaysWhatToWrite() throws Exception {
    assertDoesNotStart(
        spring("/mcp"), settings().build(), "write mapping-check=warn if the servlet is a front");
  }

  @Test
  void theServletOfTheMcpSdkIsRefusedInAnyCase() throws Exception {
    assertDoesNotStart(
        HttpServletStreamableServerTransportProvider.builder().mcpEndpoint("/mcp").build(),
        settings().mappingCheck("warn").build(),
        "the servlet of the MCP SDK serves every path that ends in its endpoint");
  }

  @Test
  void theSpringBootConfigurationOfTheGuideProtectsTheMcpPathsOfSpringMvc() throws Exception {
    log.announce("gatehouse starts although it does not protect all paths");
    Path guide = Path.of("..", "src", "site", "markdown", "front-controllers.md");
    Path secret = Files.writeString(directory.resolve("client-secret"), Secrets.CLIENT_SECRET);
    String source =
        Examples.block(guide, "java", "@Bean")
            .replace("https://login.example.com", as.issuer())
            .replace("/etc/gatehouse/client-secret", secret.toString())
            .replace(
                "Settings.builder()",
                "Settings.builder().selfTest(false).introspectionEndpoint(\"%s\")"
                    .formatted(as.introspectionEndpoint()));
    Class<?> configuration = Examples.compiled(directory, "McpProtection", source);
    try (var beans = new AnnotationConfigApplicationContext()) {
      beans.setClassLoader(configuration.getClassLoader());
      beans.register(configuration);
      beans.refresh();
      HttpServlet dispatcher = spring("/mcp");
      try (var server =
          Container.TOMCAT_32.start(
              directory,
              context -> {
                ProtectedServer.addServlet(context, "dispatcherServlet", dispatcher, "/");
                runInitializers(beans, context);
              })) {
        assertProtectsMcpAlone(server.port());
      }
    }
    assertThat(log.messages("WARN"))
        .containsExactly("WARN " + Examples.block(guide, "text", "gatehouse starts").strip());
  }

  /** As Spring Boot does when it starts its embedded container. */
  private static void runInitializers(
      AnnotationConfigApplicationContext beans, ServletContext context) {
    for (var initializer : beans.getBeansOfType(ServletContextInitializer.class).values()) {
      try {
        initializer.onStartup(context);
      } catch (ServletException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void beforeAServletOfItsOwnAFilterOnPathsNeedsNoOtherSetting() throws Exception {
    McpAuthFilter filter = new McpAuthFilter(settings().build());
    try (ProtectedServer server =
        new ProtectedServer(
            "/",
            origin ->
                context -> {
                  ProtectedServer.addServlet(context, "mcp", deciding(path -> "/mcp"), "/mcp");
                  var registration = context.addFilter("gatehouse", filter);
                  registration.setAsyncSupported(true);
                  registration.addMappingForUrlPatterns(
                      EnumSet.allOf(DispatcherType.class), false, "/mcp", "/mcp/*");
                })) {
      assertThat(server.get("/mcp").statusCode()).isEqualTo(401);
      assertThat(server.status(Secrets.token())).isEqualTo(200);
      assertThat(server.get("/other").statusCode()).isEqualTo(404);
    }
  }
}
