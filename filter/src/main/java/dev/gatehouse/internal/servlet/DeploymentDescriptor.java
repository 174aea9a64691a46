package dev.gatehouse.internal.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.stream.XMLStreamException;

/**
 * What {@code web.xml} and the {@code web-fragment.xml} of libraries declare about filters and
 * servlets (Servlet specification §14). The Servlet API does not tell for which dispatcher types a
 * filter is mapped, or whether it supports async.
 */
public final class DeploymentDescriptor {

  private static final String WEB_XML = "/WEB-INF/web.xml";
  private static final String FRAGMENT = "META-INF/web-fragment.xml";

  /** Containers ignore fragments elsewhere, such as one among the application's classes. */
  private static final String LIBRARIES = "/WEB-INF/lib/";

  /** A filter; {@code className} is empty if the descriptor names none. */
  public record DeclaredFilter(String name, String className, boolean asyncSupported) {}

  private final List<DeclaredFilter> filters = new ArrayList<>();
  private final List<DescriptorDocument.Mapping> mappings = new ArrayList<>();
  private final List<String> servletsWithoutAsync = new ArrayList<>();
  private final Set<String> unreadEntities = new LinkedHashSet<>();

  private DeploymentDescriptor() {}

  /**
   * Reads the descriptors of an application.
   *
   * @throws IllegalArgumentException if one can't be read
   */
  public static DeploymentDescriptor of(ServletContext context) {
    DeploymentDescriptor all = new DeploymentDescriptor();
    try {
      if (!all.addWebXml(context)) {
        all.addFragments(context);
      }
    } catch (IOException | XMLStreamException e) {
      throw new IllegalArgumentException("a deployment descriptor can't be read: " + e, e);
    }
    return all;
  }

  /** Returns whether it excludes those of libraries. */
  private boolean addWebXml(ServletContext context) throws IOException, XMLStreamException {
    try (InputStream webXml = context.getResourceAsStream(WEB_XML)) {
      if (webXml == null) {
        return false;
      }
      DescriptorDocument document = DescriptorDocument.parse(webXml);
      add(document, Set.of());
      return document.isMetadataComplete();
    }
  }

  private void addFragments(ServletContext context) throws IOException, XMLStreamException {
    ClassLoader loader = context.getClassLoader();
    if (loader == null) {
      return;
    }
    Set<String> mappedInWebXml =
        mappings.stream()
            .map(DescriptorDocument.Mapping::filterName)
            .collect(Collectors.toUnmodifiableSet());
    for (URL fragment : Collections.list(loader.getResources(FRAGMENT))) {
      if (fragment.toString().contains(LIBRARIES)) {
        URLConnection connection = fragment.openConnection();
        connection.setUseCaches(false); // which would keep the jar open after a redeployment
        try (InputStream in = connection.getInputStream()) {
          add(DescriptorDocument.parse(in), mappedInWebXml);
        }
      }
    }
  }

  /**
   * Adds a document.
   *
   * @param mappedElsewhere the filters whose mappings in this document are overridden (Servlet
   *     specification §8.2.3)
   */
  private void add(DescriptorDocument document, Set<String> mappedElsewhere) {
    filters.addAll(document.filters);
    document.mappings.stream()
        .filter(mapping -> !mappedElsewhere.contains(mapping.filterName()))
        .forEach(mappings::add);
    servletsWithoutAsync.addAll(document.servletsWithoutAsync);
    unreadEntities.addAll(document.unreadEntities);
  }

  /** The declared filters of this class. */
  public List<DeclaredFilter> filtersOf(Class<?> filterClass) {
    return filters.stream()
        .filter(filter -> filter.className().equals(filterClass.getName()))
        .toList();
  }

  /** The XML entities that are not read, although they may contain names or mappings. */
  Set<String> unreadEntities() {
    return Collections.unmodifiableSet(unreadEntities);
  }

  /**
   * The targets of a filter's declared mappings, each with all dispatcher types for which the
   * filter is mapped to it.
   */
  Map<String, Set<DispatcherType>> dispatcherTypes(String filterName) {
    Map<String, Set<DispatcherType>> types = new LinkedHashMap<>();
    for (DescriptorDocument.Mapping mapping : mappings) {
      if (mapping.filterName().equals(filterName)) {
        for (String target : mapping.targets()) {
          types
              .computeIfAbsent(target, unused -> EnumSet.noneOf(DispatcherType.class))
              .addAll(mapping.dispatcherTypes());
        }
      }
    }
    return types;
  }

  /** Whether this filter or one of these servlets is declared without async support. */
  boolean declaresAsyncOff(String filterName, Set<String> servletNames) {
    return filters.stream().anyMatch(f -> f.name().equals(filterName) && !f.asyncSupported())
        || servletsWithoutAsync.stream().anyMatch(servletNames::contains);
  }
}
