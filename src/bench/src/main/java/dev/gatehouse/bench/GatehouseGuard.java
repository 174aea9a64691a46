package dev.gatehouse.bench;

import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.Settings;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.lang.reflect.Proxy;
import java.time.Duration;

/** Gatehouse, set as its users would set it. */
final class GatehouseGuard {

  private GatehouseGuard() {}

  /** Which asks the stub at a port of this machine. */
  static Settings settings(int stubPort) {
    return Settings.builder()
        .resource(StubAnswers.RESOURCE)
        .issuer(StubAnswers.ISSUER)
        .introspectionEndpoint("http://127.0.0.1:" + stubPort + "/introspect")
        .clientId("mcp-server")
        .clientSecret("mcp-server-secret")
        .requiredScopes("notes:read")
        // As long as a run, so that a hit stays a hit.
        .cacheTtl(Duration.ofHours(1))
        .cacheInactiveTtl(Duration.ofHours(1))
        .selfTest(false)
        .build();
  }

  /** The filter alone, begun without a container. */
  static McpAuthFilter alone(int stubPort) throws ServletException {
    McpAuthFilter filter = new McpAuthFilter(settings(stubPort));
    filter.init(config());
    return filter;
  }

  /** Of a container that does not tell how the filter is mapped. */
  private static FilterConfig config() {
    ServletContext context =
        (ServletContext)
            Proxy.newProxyInstance(
                GatehouseGuard.class.getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) ->
                    method.getName().equals("getContextPath") ? "" : null);
    return (FilterConfig)
        Proxy.newProxyInstance(
            GatehouseGuard.class.getClassLoader(),
            new Class<?>[] {FilterConfig.class},
            (proxy, method, arguments) ->
                method.getName().equals("getServletContext") ? context : "gatehouse");
  }
}
