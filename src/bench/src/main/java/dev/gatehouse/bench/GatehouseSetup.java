package dev.gatehouse.bench;

import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.Settings;
import dev.gatehouse.SettingsBuilder;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;

/** The filter of Gatehouse with the settings of a typical user. */
final class GatehouseSetup {

  private GatehouseSetup() {}

  /** The settings for the stub at a port of this machine. */
  static Settings settings(int stubPort) {
    return builder(stubPort).build();
  }

  /** The same, with open streams rechecked at this interval. */
  static Settings settings(int stubPort, Duration streamRecheck) {
    return builder(stubPort).streamRecheck(streamRecheck).build();
  }

  private static SettingsBuilder builder(int stubPort) {
    return Settings.builder()
        .resource(StubResponses.RESOURCE)
        .issuer(StubResponses.ISSUER)
        .introspectionEndpoint("http://127.0.0.1:" + stubPort + "/introspect")
        .clientId("mcp-server")
        .clientSecret("mcp-server-secret")
        .requiredScopes("notes:read")
        // Longer than a run, so that cached results do not expire.
        .cacheTtl(Duration.ofHours(1))
        .cacheInactiveTtl(Duration.ofHours(1))
        .selfTest(false);
  }

  /** The filter alone, initialized without a container. */
  static McpAuthFilter alone(int stubPort) throws ServletException {
    return alone(settings(stubPort));
  }

  /** The filter alone, with rules for MCP. */
  static McpAuthFilter alone(int stubPort, List<String> rules) throws ServletException {
    return alone(builder(stubPort).set("mcp-rules", String.join("\n", rules)).build());
  }

  private static McpAuthFilter alone(Settings settings) throws ServletException {
    McpAuthFilter filter = new McpAuthFilter(settings);
    filter.init(config());
    return filter;
  }

  /** The configuration from a container that does not reveal the mappings of the filter. */
  private static FilterConfig config() {
    ServletContext context =
        (ServletContext)
            Proxy.newProxyInstance(
                GatehouseSetup.class.getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) ->
                    method.getName().equals("getContextPath") ? "" : null);
    return (FilterConfig)
        Proxy.newProxyInstance(
            GatehouseSetup.class.getClassLoader(),
            new Class<?>[] {FilterConfig.class},
            (proxy, method, arguments) ->
                method.getName().equals("getServletContext") ? context : "gatehouse");
  }
}
