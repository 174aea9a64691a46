package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.testing.Examples;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.JarScanType;
import org.apache.tomcat.JarScannerCallback;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Compiles and deploys the README's examples, and sends requests to them. */
class ReadmeTest {

  private static final Path README = Path.of("..", "README.md");
  private static final String CHALLENGE =
      "Bearer resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource/mcp\"";
  private static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
      "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";
  private static final String WHOAMI =
      """
      {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"whoami","arguments":{}}}""";

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private Path directory;
  private Path classes = Path.of("");

  @BeforeEach
  void createApplicationDirectory() throws IOException {
    classes = Files.createDirectories(directory.resolve("WEB-INF").resolve("classes"));
  }

  @Test
  void theListenerRegistersAnMcpServerAndTheFilterInFrontOfIt() throws Exception {
    try (FakeAuthorizationServer as = new FakeAuthorizationServer()) {
      compileListener(listener(as));
      Tomcat tomcat = startTomcat();
      try {
        String origin = origin(tomcat);
        assertProtected(as, origin, "/mcp");
        assertTheCallerReachesTheTool(as, origin);
        assertTheLogMatchesTheReadme();
      } finally {
        stop(tomcat);
      }
    }
  }

  @Test
  void theFilterOfTheListenerCoversAllPathsOfTheServlet() throws Exception {
    try (FakeAuthorizationServer as = new FakeAuthorizationServer()) {
      compileListener(atAllPaths(withoutSelfTest(listener(as))));
      Tomcat tomcat = startTomcat();
      try {
        assertProtected(as, origin(tomcat), "/mcp", "/mcp/mcp", "/mcp/x;y/mcp");
      } finally {
        stop(tomcat);
      }
    }
  }

  @Test
  void theFilterInWebXmlProtectsTheServletOfTheListener() throws Exception {
    try (FakeAuthorizationServer as = new FakeAuthorizationServer()) {
      compileListener(atAllPaths(withoutRegistration(listener(as))));
      String filter =
          adapted(as, Examples.block(README, "xml", "<filter-mapping>"))
              .replaceFirst(
                  "<init-param>",
                  """
                  <init-param><param-name>client-secret</param-name>
                    <param-value>example-secret</param-value></init-param>
                  <init-param><param-name>self-test</param-name>
                    <param-value>false</param-value></init-param>
                  <init-param>""");
      Files.writeString(
          directory.resolve("WEB-INF").resolve("web.xml"),
          """
          <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
          %s
          </web-app>
          """
              .formatted(filter));
      Tomcat tomcat = startTomcat();
      try {
        assertProtected(as, origin(tomcat), "/mcp", "/mcp/mcp", "/mcp/x;y/mcp");
        assertTheCallerReachesTheTool(as, origin(tomcat));
      } finally {
        stop(tomcat);
      }
    }
  }

  @Test
  void theSpringBootConfigurationRegistersServletAndFilter() throws Exception {
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        var spring = new AnnotationConfigApplicationContext()) {
      String source = withoutSelfTest(adapted(as, Examples.block(README, "java", "@Bean")));
      var transport =
          HttpServletStreamableServerTransportProvider.builder().mcpEndpoint("/mcp").build();
      var mcp = McpServer.sync(transport).serverInfo("test", "1").build();
      Class<?> configuration = Examples.compiled(classes, "McpConfiguration", source);
      spring.setClassLoader(configuration.getClassLoader());
      spring.registerBean(HttpServletStreamableServerTransportProvider.class, () -> transport);
      spring.register(configuration);
      spring.refresh();
      try (var server =
          new ProtectedServer("/", origin -> context -> runInitializers(spring, context))) {
        assertProtected(as, server.origin(), "/mcp");
        as.introspection(active());
        assertThat(post(server.origin(), Secrets.token(), INITIALIZE, "").statusCode())
            .isEqualTo(200);
      } finally {
        mcp.closeGracefully();
      }
    }
  }

  @Test
  void everyReasonCodeInTheReadmeExists() throws Exception {
    List<String> codes =
        Pattern.compile("^\\| [^|]+ \\| `([a-z_]+)` \\| [^|]+ \\|$", Pattern.MULTILINE)
            .matcher(Files.readString(README))
            .results()
            .map((MatchResult row) -> row.group(1))
            .toList();

    assertThat(codes)
        .hasSize(5)
        .isSubsetOf(Arrays.stream(Reason.values()).map(Reason::code).collect(Collectors.toSet()));
  }

  private String listener(FakeAuthorizationServer as) throws IOException {
    return adapted(as, Examples.block(README, "java", "@WebListener"));
  }

  private void compileListener(String source) throws Exception {
    Examples.compiled(classes, "McpApplication", source);
  }

  /** The example with the addresses and files of this test. */
  private String adapted(FakeAuthorizationServer as, String example) throws IOException {
    Path secret = Files.writeString(directory.resolve("client-secret"), Secrets.CLIENT_SECRET);
    return example
        .replace("https://login.example.com", as.issuer())
        .replace("/etc/gatehouse/client-secret", secret.toString());
  }

  private static String withoutSelfTest(String example) {
    return replaceOnce(example, "Settings.builder()", "Settings.builder().selfTest(false)");
  }

  private static String withoutRegistration(String example) {
    String statement =
        Pattern.compile("McpAuthFilter\\.register\\(.*?\\);", Pattern.DOTALL)
            .matcher(example)
            .results()
            .findFirst()
            .orElseThrow()
            .group();
    return replaceOnce(example, statement, "");
  }

  private static String atAllPaths(String example) {
    return replaceOnce(example, "addMapping(\"/mcp\")", "addMapping(\"/mcp/*\")");
  }

  private static String replaceOnce(String text, String old, String replacement) {
    assertThat(text).containsOnlyOnce(old);
    return text.replace(old, replacement);
  }

  private Tomcat startTomcat() throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(directory.resolve("tomcat").toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context application = tomcat.addWebapp("", directory.toString());
    application.setParentClassLoader(getClass().getClassLoader());
    application.setJarScanner(new NoJars());
    // Otherwise Logback stops logging for the whole JVM, and so for all tests, with the context.
    application.addParameter("logbackDisableServletContainerInitializer", "true");
    tomcat.start();
    return tomcat;
  }

  private static String origin(Tomcat tomcat) {
    return "http://127.0.0.1:" + tomcat.getConnector().getLocalPort();
  }

  private static void stop(Tomcat tomcat) throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  /** Scanning the test's class path for web fragments takes long and finds none. */
  private static final class NoJars extends StandardJarScanner {
    @Override
    public void scan(JarScanType type, ServletContext context, JarScannerCallback callback) {}
  }

  /** As Spring Boot does when it starts its embedded container. */
  private static void runInitializers(
      AnnotationConfigApplicationContext spring, ServletContext context) {
    spring
        .getBeanProvider(ServletContextInitializer.class)
        .orderedStream()
        .forEach(
            initializer -> {
              try {
                initializer.onStartup(context);
              } catch (ServletException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private static void assertProtected(FakeAuthorizationServer as, String origin, String... paths)
      throws Exception {
    for (String path : paths) {
      HttpResponse<String> response = get(origin + path);
      assertThat(response.statusCode()).as(path).isEqualTo(401);
      assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue(CHALLENGE);
    }
    assertThat(Examples.block(README, "console", "curl"))
        .contains("HTTP/1.1 401\nWWW-Authenticate: " + CHALLENGE + "\n");
    HttpResponse<String> metadata = get(origin + "/.well-known/oauth-protected-resource/mcp");
    assertThat(metadata.statusCode()).isEqualTo(200);
    assertThat(metadata.body())
        .isEqualTo(
            "{\"resource\":\"https://mcp.example.com/mcp\","
                + "\"authorization_servers\":[\""
                + as.issuer()
                + "\"],\"bearer_methods_supported\":[\"header\"]}");
  }

  private static void assertTheCallerReachesTheTool(FakeAuthorizationServer as, String origin)
      throws Exception {
    as.introspection(active());
    String token = Secrets.token();
    String session =
        post(origin, token, INITIALIZE, "")
            .headers()
            .firstValue("Mcp-Session-Id")
            .orElseThrow(() -> new AssertionError("no session"));

    HttpResponse<String> response = post(origin, token, WHOAMI, session);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\"text\":\"alice\"");
  }

  private void assertTheLogMatchesTheReadme() throws Exception {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("gatehouse-self-test")) {
        thread.join(30_000);
      }
    }
    String readme = Files.readString(README);
    for (String line :
        List.of("gatehouse-mcp guards https://mcp.example.com/mcp", "self-test: passed")) {
      assertThat(readme).contains("`" + line + "`");
      assertThat(log.messages("INFO")).anyMatch(message -> message.startsWith("INFO " + line));
    }
  }

  private static FakeAuthorizationServer.Behaviour active() {
    return FakeAuthorizationServer.json(
        200, "{\"active\":true,\"sub\":\"alice\",\"aud\":\"https://mcp.example.com/mcp\"}");
  }

  private static HttpResponse<String> get(String uri) throws Exception {
    return ProtectedServer.CLIENT.send(
        HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(
      String origin, String token, String message, String session) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(origin + "/mcp"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofString(message));
    if (!session.isEmpty()) {
      request.header("Mcp-Session-Id", session);
    }
    return ProtectedServer.CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
