package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.JarScanType;
import org.apache.tomcat.JarScannerCallback;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's examples are compiled, deployed and asked. */
class ReadmeTest {

  private static final String CHALLENGE =
      "Bearer resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource/mcp\"";

  @TempDir private Path directory;

  private static String block(String language, String containing) throws Exception {
    return Examples.block(Path.of("..", "README.md"), language, containing);
  }

  @Test
  void theJavaExamplePutsTheFilterInFrontOfTheServlet() throws Exception {
    Path secret = Files.writeString(directory.resolve("client-secret.txt"), "example-secret");
    Consumer<ServletContext> example =
        compiled(
            block("java", "McpAuthFilter.register")
                .replace("\"client-secret.txt\"", "\"" + secret + "\"")
                .replace("Settings.builder()", "Settings.builder().selfTest(false)"));
    try (var server =
        new ProtectedServer(
            "/",
            origin ->
                context -> {
                  ProtectedServer.addServlet(context, "mcp", new WhoCalls(), "/mcp/*");
                  example.accept(context);
                })) {
      assertGuarded(server.origin());
    }
  }

  @Test
  void theWebXmlExampleDoesTheSame() throws Exception {
    String filter =
        block("xml", "<filter-mapping>")
            .replaceFirst(
                "<init-param>",
                """
                <init-param><param-name>client-secret</param-name>
                  <param-value>example-secret</param-value></init-param>
                <init-param><param-name>self-test</param-name>
                  <param-value>false</param-value></init-param>
                <init-param>""");
    Files.createDirectory(directory.resolve("WEB-INF"));
    Files.writeString(
        directory.resolve("WEB-INF").resolve("web.xml"),
        """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
        <!-- Logback would stop logging for all of the JVM, and so for all tests, when this ends. -->
        <context-param>
          <param-name>logbackDisableServletContainerInitializer</param-name>
          <param-value>true</param-value>
        </context-param>
        %s
        <servlet>
          <servlet-name>mcp</servlet-name>
          <servlet-class>dev.gatehouse.WhoCalls</servlet-class>
          <async-supported>true</async-supported>
        </servlet>
        <servlet-mapping><servlet-name>mcp</servlet-name><url-pattern>/mcp/*</url-pattern></servlet-mapping>
        </web-app>
        """
            .formatted(filter));
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(directory.resolve("tomcat").toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context application = tomcat.addWebapp("", directory.toString());
    application.setParentClassLoader(getClass().getClassLoader());
    application.setJarScanner(new NoJars());
    tomcat.start();
    try {
      assertGuarded("http://127.0.0.1:" + tomcat.getConnector().getLocalPort());
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  /** All is on the test's class path; to look through it for web fragments takes long. */
  private static final class NoJars extends StandardJarScanner {
    @Override
    public void scan(JarScanType type, ServletContext context, JarScannerCallback callback) {}
  }

  private static void assertGuarded(String origin) throws Exception {
    for (String path : List.of("/mcp", "/mcp/mcp", "/mcp/x;y/mcp")) {
      HttpResponse<String> answer = get(origin + path);
      assertThat(answer.statusCode()).as(path).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue(CHALLENGE);
    }
    HttpResponse<String> metadata = get(origin + "/.well-known/oauth-protected-resource/mcp");
    assertThat(metadata.statusCode()).isEqualTo(200);
    assertThat(metadata.body())
        .isEqualTo(
            "{\"resource\":\"https://mcp.example.com/mcp\","
                + "\"authorization_servers\":[\"https://login.example.com\"],"
                + "\"bearer_methods_supported\":[\"header\"]}");
  }

  private static HttpResponse<String> get(String uri) throws Exception {
    return ProtectedServer.CLIENT.send(
        HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private Consumer<ServletContext> compiled(String statements) throws Exception {
    String source =
        """
        import dev.gatehouse.McpAuthFilter;
        import dev.gatehouse.Settings;
        import jakarta.servlet.ServletContext;

        public class Example {
          public static void run(ServletContext servletContext) {
            %s
          }
        }
        """
            .formatted(statements);
    Method run =
        Examples.compiled(directory, "Example", source).getMethod("run", ServletContext.class);
    return context -> {
      try {
        run.invoke(null, context);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("the example does not run", e);
      }
    };
  }
}
