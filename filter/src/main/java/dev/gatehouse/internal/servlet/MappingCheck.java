package dev.gatehouse.internal.servlet;

import dev.gatehouse.internal.servlet.PartlyProtectedServlet.FilterPatterns;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the container's registrations and the deployment descriptors for a servlet that can be
 * reached without passing the filter. For example, the MCP Java SDK's servlet on {@code /mcp/*}
 * behind a filter on {@code /mcp} is unprotected at {@code /mcp/mcp}.
 *
 * <p>The Servlet API does not tell the dispatcher types of a mapping. So they are checked only for
 * mappings in deployment descriptors, not for those made in Java.
 */
public final class MappingCheck {

  private static final Logger log = LoggerFactory.getLogger(MappingCheck.class);

  private static final String EVERY_SERVLET = "*";

  /** With any of them, the default REQUEST no longer applies, so a message names all. */
  private static final String ALL_DISPATCHERS =
      Stream.of(DispatcherType.values())
          .map(type -> "<dispatcher>" + type + "</dispatcher>")
          .collect(Collectors.joining());

  /** What embedded Jetty adds if the application has no servlet for static files. */
  private static final String NOT_FOUND_OF_JETTY = "$Default404Servlet-";

  private final Set<String> servletNames;
  private final List<UrlPattern> filterPatterns;
  private final Map<String, List<UrlPattern>> servlets = new TreeMap<>();

  /** A path that the filter itself serves, whichever servlet is mapped to it; null for none. */
  private final @Nullable String evictionPath;

  /** For each target of a mapping in a deployment descriptor. */
  private final Map<String, Set<DispatcherType>> dispatcherTypes;

  /** Whether a deployment descriptor leaves async off, for the filter or one of its servlets. */
  private final boolean asyncOff;

  /** The servlets of the MCP SDK, which may take many paths for their endpoint. */
  private final Set<String> mcpServlets;

  MappingCheck(
      Collection<String> servletNames,
      Collection<String> filterPatterns,
      Map<String, ? extends Collection<String>> servletPatterns,
      @Nullable String evictionPath,
      Map<String, Set<DispatcherType>> dispatcherTypes,
      boolean asyncOff,
      Set<String> mcpServlets) {
    this.mcpServlets = mcpServlets;
    this.dispatcherTypes = dispatcherTypes;
    this.asyncOff = asyncOff;
    this.servletNames = Set.copyOf(servletNames);
    this.filterPatterns = filterPatterns.stream().map(UrlPattern::new).toList();
    this.evictionPath = evictionPath;
    servletPatterns.forEach(
        (name, patterns) -> servlets.put(name, patterns.stream().map(UrlPattern::new).toList()));
  }

  /**
   * Creates a check of a filter.
   *
   * @param evictionPath a path that the filter itself serves; null for none
   * @throws IllegalArgumentException if a deployment descriptor can't be read
   */
  public static MappingCheck of(
      ServletContext context, String filterName, @Nullable String evictionPath) {
    FilterRegistration filter = context.getFilterRegistration(filterName);
    if (filter == null) {
      log.warn("{}: mappings not checked, because this container does not expose them", filterName);
      return new MappingCheck(
          Set.of(EVERY_SERVLET), Set.of("/*"), Map.of(), null, Map.of(), false, Set.of());
    }
    Map<String, Collection<String>> servlets = new TreeMap<>();
    Set<String> mcpServlets = new TreeSet<>();
    for (ServletRegistration servlet : context.getServletRegistrations().values()) {
      servlets.put(servlet.getName(), servlet.getMappings());
      if (McpServlet.is(servlet.getClassName(), context.getClassLoader())) {
        mcpServlets.add(servlet.getName());
      }
    }
    DeploymentDescriptor descriptor = DeploymentDescriptor.of(context);
    if (!descriptor.unreadEntities().isEmpty()) {
      log.warn(
          "{}: mappings not checked completely, because the entities {} of a deployment descriptor"
              + " are not read; write their content instead",
          filterName,
          descriptor.unreadEntities());
    }
    Map<String, Set<DispatcherType>> declared = descriptor.dispatcherTypes(filterName);
    Set<String> servletNames = new TreeSet<>(filter.getServletNameMappings());
    if (declared.containsKey(EVERY_SERVLET)) {
      servletNames.add(EVERY_SERVLET); // Tomcat does not list it
    }
    return new MappingCheck(
        servletNames,
        filter.getUrlPatternMappings(),
        servlets,
        evictionPath,
        declared,
        descriptor.declaresAsyncOff(filterName, servletNames),
        mcpServlets);
  }

  /** Whether a deployment descriptor leaves async off, for the filter or one of its servlets. */
  public boolean isAsyncOff() {
    return asyncOff;
  }

  /** Whether the filter is mapped to one of these paths, at which there may be no servlet. */
  public boolean coversAnyOf(Collection<String> paths) {
    return servletNames.contains(EVERY_SERVLET)
        || paths.stream().anyMatch(path -> filterPatterns.stream().anyMatch(f -> f.matches(path)));
  }

  /**
   * Throws an exception if the filter can be bypassed or protects no servlet.
   *
   * @param allowsUnprotectedPaths whether servlets may also serve other paths, without the filter
   * @throws IllegalArgumentException naming each error, and how to map the filter instead
   */
  public void throwIfBypassable(boolean allowsUnprotectedPaths) {
    List<String> findings = findings(allowsUnprotectedPaths);
    if (!findings.isEmpty()) {
      throw new IllegalArgumentException(
          "Gatehouse can't start with these mappings:\n  " + String.join("\n  ", findings));
    }
  }

  /** For each servlet that is protected in part: which paths need no token. */
  public List<String> unprotectedPaths() {
    return partlyProtected(protectedByPath()).stream()
        .map(PartlyProtectedServlet::unprotectedPaths)
        .toList();
  }

  private List<PartlyProtectedServlet> partlyProtected(Set<String> protectedServlets) {
    FilterPatterns patterns =
        new FilterPatterns(
            filterPatterns,
            filterPatterns.stream().filter(pattern -> !isOwnPath(pattern.text())).toList());
    return protectedServlets.stream()
        .filter(name -> !isCovered(name))
        .map(
            name ->
                new PartlyProtectedServlet(
                    name,
                    servlets.getOrDefault(name, List.of()),
                    patterns,
                    mcpServlets.contains(name)))
        .toList();
  }

  List<String> findings(boolean allowsUnprotectedPaths) {
    List<String> findings = new ArrayList<>();
    for (String name : new TreeSet<>(servletNames)) {
      if (!name.equals(EVERY_SERVLET) && !servlets.containsKey(name)) {
        findings.add("the filter is mapped to servlet '" + name + "', which does not exist");
      }
    }
    Set<String> protectedServlets = protectedByPath();
    for (PartlyProtectedServlet servlet : partlyProtected(protectedServlets)) {
      if (allowsUnprotectedPaths) {
        findings.addAll(servlet.refusalsOfFrontController());
      } else {
        findings.add(servlet.refusal());
      }
    }
    if (servletNames.isEmpty()
        && protectedServlets.isEmpty()
        && filterPatterns.stream().noneMatch(UrlPattern::matchesEverything)) {
      findings.add("the filter is in front of no servlet; map it by <servlet-name>");
    }
    dispatcherTypes.forEach((target, types) -> checkDispatcherTypes(target, types, findings));
    if (evictionPath != null && filterPatterns.stream().noneMatch(f -> f.matches(evictionPath))) {
      findings.add(
          "the filter is not mapped to eviction-path; add <url-pattern>%s</url-pattern>"
              .formatted(evictionPath));
    }
    return findings;
  }

  /** Without the type FORWARD, a forward to the servlet passes no filter. */
  private void checkDispatcherTypes(
      String target, Set<DispatcherType> types, List<String> findings) {
    Set<DispatcherType> missing = EnumSet.allOf(DispatcherType.class);
    missing.removeAll(types);
    if (!missing.isEmpty() && !isOwnPath(target)) {
      findings.add(
          "the filter is not mapped to '%s' for the dispatcher types %s; write %s"
              .formatted(target, missing, ALL_DISPATCHERS));
    }
  }

  /** Whether only the filter itself serves the paths of this pattern. */
  private boolean isOwnPath(String pattern) {
    return new UrlPattern(pattern).isWellKnown() || pattern.equals(evictionPath);
  }

  /** The servlets of which the filter's URL patterns cover at least one path. */
  private Set<String> protectedByPath() {
    Set<String> found = new TreeSet<>();
    for (UrlPattern pattern : filterPatterns) {
      if (!isOwnPath(pattern.text())) {
        Stream<String> paths =
            Stream.concat(
                pattern.samples().stream(),
                servlets.values().stream()
                    .flatMap(List::stream)
                    .flatMap(mapping -> mapping.samples().stream())
                    .filter(pattern::matches));
        paths.forEach(path -> servletAt(path).ifPresent(found::add));
      }
    }
    found.removeIf(this::isDefaultServlet);
    return found;
  }

  /** The container's servlet for static files. All containers name it {@code default}. */
  private boolean isDefaultServlet(String servlet) {
    return (servlet.equals("default") || servlet.contains(NOT_FOUND_OF_JETTY))
        && servlets.getOrDefault(servlet, List.of()).stream().allMatch(UrlPattern::isDefault);
  }

  private boolean isCovered(String servlet) {
    return servletNames.contains(EVERY_SERVLET)
        || servletNames.contains(servlet)
        || servlets.getOrDefault(servlet, List.of()).stream()
            .allMatch(mapping -> filterPatterns.stream().anyMatch(f -> f.covers(mapping)));
  }

  /** Servlet specification §12.1: exact, then the longest prefix, then extension, then default. */
  private Optional<String> servletAt(String path) {
    String best = null;
    int bestRank = -1;
    for (var servlet : servlets.entrySet()) {
      for (UrlPattern pattern : servlet.getValue()) {
        int rank = pattern.rank(path);
        if (rank > bestRank) {
          best = servlet.getKey();
          bestRank = rank;
        }
      }
    }
    return Optional.ofNullable(best);
  }
}
