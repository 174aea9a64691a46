package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsServer;
import dev.gatehouse.testing.ApplicationFiles;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.HttpsServers;
import dev.gatehouse.testing.KeyStores;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.Secrets;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.WebResourceRoot;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.DirResourceSet;
import org.apache.catalina.webresources.FileResourceSet;
import org.apache.catalina.webresources.StandardRoot;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application that contains the filter and its libraries is deployed again and again in a
 * container that keeps running: the classes of each deployment must become garbage.
 */
class RedeploymentTest {

  private static final int DEPLOYMENTS = 4;

  @TempDir Path directory;

  private ApplicationFiles files;
  private KeyStores stores;
  private HttpsServer as;
  private String active = "";
  private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();

  @BeforeEach
  void startAuthorizationServer() throws Exception {
    files = ApplicationFiles.of(McpAuthFilter.class, directory);
    stores = new KeyStores(directory);
    stores.createKey("as", "CN=as", "-ext", "san=ip:127.0.0.1");
    as = HttpsServers.create(0);
    as.setHttpsConfigurator(HttpsServers.configurator(stores.context("as"), false));
    as.createContext(
        "/introspect",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String response =
              !active.isEmpty() && body.contains(active)
                  ? "{\"active\":true,\"sub\":\"alice\",\"aud\":\"https://mcp.example/mcp\"}"
                  : "{\"active\":false}";
          FakeAuthorizationServer.json(200, response).respond(exchange);
          exchange.close();
        });
    as.start();
  }

  @AfterEach
  void stopAuthorizationServer() {
    as.stop(0);
  }

  private static final class UserServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().print(request.getRemoteUser());
    }
  }

  private void register(ServletContext context) {
    loaders.add(new WeakReference<>(Thread.currentThread().getContextClassLoader()));
    var servlet = context.addServlet("mcp", new UserServlet());
    servlet.setAsyncSupported(true);
    servlet.addMapping("/mcp");
    // Without it, Tomcat responds to /.well-known/ before any filter.
    context.addServlet("default", new UserServlet()).addMapping("/");
    var filter = context.addFilter("gatehouse", "dev.gatehouse.McpAuthFilter");
    filter.setAsyncSupported(true);
    filter.setInitParameters(
        Map.of(
            "resource",
            "https://mcp.example/mcp",
            "introspection-endpoint",
            "https://127.0.0.1:" + as.getAddress().getPort() + "/introspect",
            "client-id",
            "mcp-filter",
            "client-secret",
            Secrets.CLIENT_SECRET,
            "trust-store",
            stores.file("as.pem")));
    filter.addMappingForServletNames(EnumSet.allOf(DispatcherType.class), false, "mcp");
    filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/.well-known/*");
  }

  /** Requests with and without a result in the cache, a refusal, metadata and metrics. */
  private void use(int port) throws Exception {
    active = Secrets.token();
    assertThat(get(port, active)).isEqualTo(200);
    assertThat(get(port, active)).isEqualTo(200);
    assertThat(get(port, Secrets.token())).isEqualTo(401);
    String metadata = RawClient.request("GET /.well-known/oauth-protected-resource/mcp", List.of());
    assertThat(RawClient.send(port, metadata).status()).isEqualTo(200);
    readMetrics();
  }

  private static int get(int port, String token) throws IOException {
    return RawClient.send(
            port, RawClient.request("GET /mcp", List.of("Authorization: Bearer " + token)))
        .status();
  }

  private static void readMetrics() throws Exception {
    MBeanServer jmx = ManagementFactory.getPlatformMBeanServer();
    for (ObjectName name : jmx.queryNames(new ObjectName("dev.gatehouse:*"), null)) {
      for (MBeanAttributeInfo attribute : jmx.getMBeanInfo(name).getAttributes()) {
        assertThat(jmx.getAttribute(name, attribute.getName())).isNotNull();
      }
    }
  }

  private void assertGarbage() throws Exception {
    assertThat(loaders).hasSize(DEPLOYMENTS);
    Await.until(
        "at most one class loader is left",
        () -> {
          System.gc();
          return left() <= 1;
        });
  }

  private long left() {
    return loaders.stream().filter(loader -> loader.get() != null).count();
  }

  @Test
  void tomcatUnloadsTheClassesOfUndeployedApplications() throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(directory.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.getHost(); // it must exist when the server starts
    tomcat.start();
    try {
      for (int i = 0; i < DEPLOYMENTS; i++) {
        deployOnTomcat(tomcat);
      }
      assertGarbage();
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  private void deployOnTomcat(Tomcat tomcat) throws Exception {
    StandardContext application = new StandardContext();
    application.setName("");
    application.setPath("");
    application.addLifecycleListener(new Tomcat.FixContextListener());
    application.setParentClassLoader(ApplicationFiles.CONTAINER);
    application.setResources(resources(application));
    application.addServletContainerInitializer((classes, context) -> register(context), Set.of());
    tomcat.getHost().addChild(application);
    assertThat(application.getState()).isEqualTo(LifecycleState.STARTED);
    use(tomcat.getConnector().getLocalPort());
    tomcat.getHost().removeChild(application);
  }

  private WebResourceRoot resources(Context application) throws Exception {
    StandardRoot resources = new StandardRoot(application);
    resources.addPreResources(
        new DirResourceSet(resources, "/WEB-INF/classes", files.classes().toString(), "/"));
    resources.addPreResources(
        new FileResourceSet(
            resources, "/WEB-INF/classes/logback.xml", files.logging().toString(), "/"));
    for (File library : files.libraries()) {
      resources.addPreResources(
          new FileResourceSet(
              resources, "/WEB-INF/lib/" + library.getName(), library.toString(), "/"));
    }
    return resources;
  }

  @Test
  void jettyUnloadsTheClassesOfUndeployedApplications() throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server, 1, 1);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ContextHandlerCollection contexts = new ContextHandlerCollection();
    server.setHandler(contexts);
    server.start();
    try {
      for (int i = 0; i < DEPLOYMENTS; i++) {
        deployOnJetty(contexts, connector.getLocalPort());
      }
      assertGarbage();
    } finally {
      server.stop();
    }
  }

  private void deployOnJetty(ContextHandlerCollection contexts, int port) throws Exception {
    ServletContextHandler application = new ServletContextHandler("/");
    try (var loader = files.load()) {
      application.setClassLoader(loader);
      application.addServletContainerInitializer((classes, context) -> register(context));
      contexts.addHandler(application);
      application.start();
      use(port);
      application.stop();
      contexts.removeHandler(application);
    }
  }
}
