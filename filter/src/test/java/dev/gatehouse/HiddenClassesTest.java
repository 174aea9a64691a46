package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import jakarta.servlet.Filter;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Classes that the filter must work without. */
class HiddenClassesTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  /**
   * Loads the classes of the filter and of its HTTP client again, and hides a package from them.
   */
  private static final class Hiding extends URLClassLoader {

    private static final List<Class<?>> RELOADED =
        List.of(McpAuthFilter.class, HttpRoute.class, HttpHost.class);

    private final String hidden;

    Hiding(String hidden) {
      super(
          RELOADED.stream()
              .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
              .toArray(URL[]::new),
          HiddenClassesTest.class.getClassLoader());
      this.hidden = hidden;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith(hidden)) {
        throw new ClassNotFoundException(name + " is hidden");
      }
      synchronized (getClassLoadingLock(name)) {
        boolean reloaded = name.startsWith("dev.gatehouse.") || name.startsWith("org.apache.hc.");
        if (reloaded && findLoadedClass(name) == null) {
          try {
            return findClass(name);
          } catch (ClassNotFoundException e) {
            return super.loadClass(name, resolve); // from another jar of the client
          }
        }
        return super.loadClass(name, resolve);
      }
    }
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          io.micrometer.           | Micrometer is an optional dependency
          io.modelcontextprotocol. | the MCP Java SDK is an optional dependency
          reactor.                 | Reactor belongs to the SDK
          jdk.net.                 | WildFly hides this package from applications
          """)
  void theFilterWorksWithoutThePackage(String hidden, String why) throws Exception {
    try (Hiding loader = new Hiding(hidden);
        FakeAuthorizationServer as = new FakeAuthorizationServer()) {
      Filter filter = filter(loader, as.introspectionEndpoint());
      assertThat(filter).isNotInstanceOf(McpAuthFilter.class); // else nothing would be hidden
      try (var server = ProtectedServer.guarding(new CallerServlet(), filter)) {
        assertThat(server.get("/mcp").statusCode()).isEqualTo(401);
        assertThat(server.status(Secrets.token())).isEqualTo(401);
        assertThat(as.introspectionRequests()).hasSize(1);
      }
    }
  }

  @Test
  void theMetricsNeedMicrometer() throws Exception {
    try (Hiding loader = new Hiding("io.micrometer.")) {
      assertThatThrownBy(() -> loader.loadClass("dev.gatehouse.GatehouseMetrics").getMethods())
          .isInstanceOf(NoClassDefFoundError.class);
    }
  }

  private static Filter filter(ClassLoader loader, String endpoint) throws Exception {
    Class<?> settings = loader.loadClass("dev.gatehouse.Settings");
    Object builder = settings.getMethod("builder").invoke(null);
    var set = builder.getClass().getMethod("set", String.class, String.class);
    set.invoke(builder, "self-test", "false");
    set.invoke(builder, "resource", "https://mcp.example/mcp");
    set.invoke(builder, "introspection-endpoint", endpoint);
    set.invoke(builder, "client-id", "mcp-filter");
    set.invoke(builder, "client-secret", Secrets.CLIENT_SECRET);
    return (Filter)
        loader
            .loadClass("dev.gatehouse.McpAuthFilter")
            .getConstructor(settings)
            .newInstance(builder.getClass().getMethod("build").invoke(builder));
  }
}
