package dev.gatehouse;

import dev.gatehouse.internal.discovery.ServerMetadata;
import dev.gatehouse.internal.endpoint.ProtectedResourceMetadata;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** Registers a filter with mappings that can't be bypassed. */
final class FilterRegistrar {

  private final ServletContext context;

  FilterRegistrar(ServletContext context) {
    this.context = context;
  }

  McpAuthFilter register(String servletName, Settings settings) {
    McpAuthFilter authFilter = new McpAuthFilter(settings);
    String filterName = "gatehouse-" + servletName;
    FilterRegistration.Dynamic filter = add(filterName, authFilter);
    filter.setAsyncSupported(true);
    filter.addMappingForServletNames(EnumSet.allOf(DispatcherType.class), false, servletName);
    Set<String> paths =
        ProtectedResourceMetadata.paths(settings.resource, context.getContextPath());
    if (settings.forwardsServerMetadata) {
      paths.add(ServerMetadata.OAUTH);
    }
    if (settings.evictionPath != null) {
      paths.add(settings.evictionPath);
    }
    String[] patterns = paths.toArray(String[]::new);
    filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, patterns);
    // Embedded Tomcat runs filters only for paths that are mapped to a servlet.
    var placeholder = context.addServlet(filterName + "-own-paths", new PlaceholderServlet());
    if (placeholder != null) {
      // One by one: if another servlet has one of the patterns, the others are still added.
      Arrays.stream(patterns).forEach(placeholder::addMapping);
    }
    return authFilter;
  }

  /** Allows a second filter for the same servlet: then both must admit a request. */
  private FilterRegistration.Dynamic add(String filterName, McpAuthFilter filter) {
    for (int i = 1; i < 100; i++) {
      var registration = context.addFilter(i == 1 ? filterName : filterName + "-" + i, filter);
      if (registration != null) {
        return registration;
      }
    }
    throw new IllegalStateException("a hundred filters named " + filterName + " are registered");
  }

  /** Never called, because the filter responds first. */
  private static final class PlaceholderServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
  }
}
