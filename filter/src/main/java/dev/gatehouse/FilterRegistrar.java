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

/** Registers a filter the one way in which it can't be walked around. */
final class FilterRegistrar {

  private final ServletContext context;

  FilterRegistrar(ServletContext context) {
    this.context = context;
  }

  McpAuthFilter register(String servletName, Settings settings) {
    McpAuthFilter guard = new McpAuthFilter(settings);
    String filterName = "gatehouse-" + servletName;
    FilterRegistration.Dynamic filter = add(filterName, guard);
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
    String[] own = paths.toArray(String[]::new);
    filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, own);
    // Some containers run no filter for a path that no servlet has (embedded Tomcat).
    var anchor = context.addServlet(filterName + "-own-paths", new Anchor());
    if (anchor != null) {
      Arrays.stream(own).forEach(anchor::addMapping); // each alone: another may have the root
    }
    return guard;
  }

  /** A second filter for one servlet is harmless: then both have to let a request through. */
  private FilterRegistration.Dynamic add(String filterName, McpAuthFilter filter) {
    for (int i = 1; i < 100; i++) {
      var registration = context.addFilter(i == 1 ? filterName : filterName + "-" + i, filter);
      if (registration != null) {
        return registration;
      }
    }
    throw new IllegalStateException("a hundred filters named " + filterName + " are registered");
  }

  /** Never reached: the filter answers first. */
  private static final class Anchor extends HttpServlet {
    private static final long serialVersionUID = 1L;
  }
}
