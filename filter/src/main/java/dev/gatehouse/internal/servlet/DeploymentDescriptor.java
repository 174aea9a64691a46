package dev.gatehouse.internal.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

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

  /**
   * A filter mapping.
   *
   * @param targets servlet names and URL patterns
   * @param dispatchers the dispatcher types as they are written
   */
  private record DeclaredMapping(
      String filterName, List<String> targets, List<String> dispatchers) {

    Set<DispatcherType> dispatcherTypes() {
      Set<DispatcherType> types = EnumSet.noneOf(DispatcherType.class);
      for (DispatcherType type : DispatcherType.values()) {
        if (dispatchers.stream().anyMatch(type.name()::equalsIgnoreCase)) {
          types.add(type);
        }
      }
      return types;
    }
  }

  private final List<DeclaredFilter> filters = new ArrayList<>();
  private final List<DeclaredMapping> mappings = new ArrayList<>();
  private final List<String> servletsWithoutAsync = new ArrayList<>();

  private DeploymentDescriptor() {}

  /**
   * Reads the descriptors of an application.
   *
   * @throws IllegalArgumentException if one can't be read
   */
  public static DeploymentDescriptor of(ServletContext context) {
    DeploymentDescriptor all = new DeploymentDescriptor();
    try (InputStream webXml = context.getResourceAsStream(WEB_XML)) {
      if (webXml != null) {
        all.add(webXml);
      }
      ClassLoader loader = context.getClassLoader();
      if (loader != null) {
        for (URL fragment : Collections.list(loader.getResources(FRAGMENT))) {
          if (fragment.toString().contains(LIBRARIES)) {
            try (InputStream in = fragment.openStream()) {
              all.add(in);
            }
          }
        }
      }
    } catch (IOException | XMLStreamException e) {
      throw new IllegalArgumentException("a deployment descriptor can't be read: " + e, e);
    }
    return all;
  }

  /** The declared filters of this class. */
  public List<DeclaredFilter> filtersOf(Class<?> filterClass) {
    return filters.stream()
        .filter(filter -> filter.className().equals(filterClass.getName()))
        .toList();
  }

  /**
   * The targets of a filter's declared mappings, each with all dispatcher types for which the
   * filter is mapped to it.
   */
  Map<String, Set<DispatcherType>> dispatcherTypes(String filterName) {
    Map<String, Set<DispatcherType>> types = new LinkedHashMap<>();
    for (DeclaredMapping mapping : mappings) {
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

  private void add(InputStream xml) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    // Otherwise an entity that the DTD declares would be an error.
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    XMLStreamReader reader = factory.createXMLStreamReader(xml);
    try {
      while (reader.hasNext()) {
        if (reader.next() == XMLStreamConstants.START_ELEMENT) {
          switch (reader.getLocalName()) {
            case "filter" -> addFilter(children(reader));
            case "filter-mapping" -> addMapping(children(reader));
            case "servlet" -> addServlet(children(reader));
            default -> {} // other elements say nothing about filters
          }
        }
      }
    } finally {
      reader.close();
    }
  }

  private void addFilter(Map<String, List<String>> children) {
    filters.add(
        new DeclaredFilter(
            first(children, "filter-name"),
            first(children, "filter-class"),
            isAsyncSupported(children)));
  }

  private void addServlet(Map<String, List<String>> children) {
    if (!isAsyncSupported(children)) {
      servletsWithoutAsync.add(first(children, "servlet-name"));
    }
  }

  private void addMapping(Map<String, List<String>> children) {
    List<String> targets = new ArrayList<>(children.getOrDefault("servlet-name", List.of()));
    targets.addAll(children.getOrDefault("url-pattern", List.of()));
    mappings.add(
        new DeclaredMapping(
            first(children, "filter-name"),
            targets,
            children.getOrDefault("dispatcher", List.of("REQUEST")))); // §6.2.5
  }

  private static boolean isAsyncSupported(Map<String, List<String>> children) {
    return first(children, "async-supported").equals("true");
  }

  private static String first(Map<String, List<String>> children, String name) {
    @Nullable List<String> texts = children.get(name);
    return texts == null ? "" : texts.get(0);
  }

  /** Reads the texts of the direct children of the current element, up to its end. */
  private static Map<String, List<String>> children(XMLStreamReader reader)
      throws XMLStreamException {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    StringBuilder text = new StringBuilder();
    int depth = 0;
    while (depth >= 0) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          depth++;
          text.setLength(0);
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          if (depth == 1) {
            texts
                .computeIfAbsent(reader.getLocalName(), unused -> new ArrayList<>())
                .add(text.toString().trim());
          }
          depth--;
        }
        default -> {} // comments and processing instructions
      }
    }
    return texts;
  }
}
