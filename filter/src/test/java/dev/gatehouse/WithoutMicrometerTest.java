package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import jakarta.servlet.Filter;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Micrometer is an optional dependency. */
class WithoutMicrometerTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  /** Loads the filter's classes again and hides Micrometer from them. */
  private static final class Hiding extends URLClassLoader {

    Hiding(URL filter) {
      super(new URL[] {filter}, WithoutMicrometerTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("io.micrometer.")) {
        throw new ClassNotFoundException(name + " is hidden");
      }
      synchronized (getClassLoadingLock(name)) {
        if (name.startsWith("dev.gatehouse.") && findLoadedClass(name) == null) {
          return findClass(name);
        }
        return super.loadClass(name, resolve);
      }
    }
  }

  @Test
  void theFilterWorksWithoutMicrometer() throws Exception {
    URL classes = McpAuthFilter.class.getProtectionDomain().getCodeSource().getLocation();
    try (Hiding loader = new Hiding(classes);
        FakeAuthorizationServer as = new FakeAuthorizationServer()) {
      Filter filter = filter(loader, as.introspectionEndpoint());
      assertThat(filter).isNotInstanceOf(McpAuthFilter.class); // else nothing would be hidden
      try (var server = ProtectedServer.guarding(new CallerServlet(), filter)) {
        assertThat(server.get("/mcp").statusCode()).isEqualTo(401);
        assertThat(server.status(Secrets.token())).isEqualTo(401);
        assertThat(as.introspectionRequests()).hasSize(1);
      }
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
