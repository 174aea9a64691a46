package dev.gatehouse.authorizationserver;

import dev.gatehouse.authorizationserver.internal.endpoint.ClientAddresses;
import dev.gatehouse.authorizationserver.internal.endpoint.EndpointUrls;
import dev.gatehouse.authorizationserver.internal.keys.SigningKeys;
import dev.gatehouse.authorizationserver.internal.settings.ServerSettings;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.util.Set;

/** Registers and maps the servlets in an application, under any context path. */
final class ServletRegistrar {
  private static final String NAME = "gatehouse-authorization-server";

  private final ServletContext context;

  ServletRegistrar(ServletContext context) {
    this.context = context;
  }

  void mount(ServerSettings settings, SigningKeys keys) {
    EndpointUrls urls = new EndpointUrls(settings.identity().issuer());
    String base = withoutContextPath(urls.path());
    ServletAssembly servlets = new ServletAssembly(settings, keys, urls);
    String depth = Integer.toString(settings.forwardedForDepth());
    add("-metadata", servlets.metadata(), depth, urls.metadataMappings(base));
    servlets
        .byPath()
        .forEach((path, servlet) -> add(path.replace('/', '-'), servlet, depth, base + path));
  }

  private String withoutContextPath(String issuerPath) {
    String contextPath = context.getContextPath();
    return issuerPath.equals(contextPath) || issuerPath.startsWith(contextPath + "/")
        ? issuerPath.substring(contextPath.length())
        : issuerPath;
  }

  private void add(String name, Servlet servlet, String depth, String... paths) {
    ServletRegistration.Dynamic added = context.addServlet(NAME + name, servlet);
    if (added == null) {
      throw new IllegalStateException("this application has a servlet " + NAME + name + " already");
    }
    added.setLoadOnStartup(1);
    added.setInitParameter(ClientAddresses.DEPTH, depth);
    // Slow bodies are received without a thread that waits.
    added.setAsyncSupported(true);
    Set<String> taken = added.addMapping(paths);
    if (!taken.isEmpty()) {
      throw new IllegalStateException(
          "another servlet of this application is mapped to " + taken + "; map it elsewhere");
    }
  }
}
