package dev.gatehouse.internal.servlet;

import jakarta.servlet.DispatcherType;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * One deployment descriptor: what it declares about filters and servlets, in its order.
 *
 * <pre>{@code
 * <filter-mapping>
 *   <filter-name>gatehouse</filter-name>
 *   <servlet-name>mcp</servlet-name>
 *   <dispatcher>FORWARD</dispatcher>
 * }</pre>
 */
final class DescriptorDocument {

  /**
   * A filter mapping.
   *
   * @param targets servlet names and URL patterns
   * @param dispatchers the dispatcher types as they are written
   */
  record Mapping(String filterName, List<String> targets, List<String> dispatchers) {

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

  final List<DeploymentDescriptor.DeclaredFilter> filters = new ArrayList<>();
  final List<Mapping> mappings = new ArrayList<>();
  final List<String> servletsWithoutAsync = new ArrayList<>();

  /** Entities where names or mappings may be: they are not read, as they may be on other hosts. */
  final Set<String> unreadEntities = new LinkedHashSet<>();

  /** Whether the descriptor excludes those of libraries (Servlet specification §8.1). */
  private boolean metadataComplete;

  private DescriptorDocument() {}

  boolean isMetadataComplete() {
    return metadataComplete;
  }

  /** Parses a descriptor; fetches nothing that it refers to. */
  static DescriptorDocument parse(InputStream xml) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    // Otherwise an entity that the DTD declares would be an error.
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    XMLStreamReader reader = factory.createXMLStreamReader(xml);
    try {
      DescriptorDocument document = new DescriptorDocument();
      document.read(reader);
      return document;
    } finally {
      reader.close();
    }
  }

  private void read(XMLStreamReader reader) throws XMLStreamException {
    int depth = 0;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (depth == 0) {
            metadataComplete = "true".equals(reader.getAttributeValue(null, "metadata-complete"));
          }
          depth += readElement(reader);
        }
        case XMLStreamConstants.END_ELEMENT -> depth--;
        case XMLStreamConstants.ENTITY_REFERENCE -> {
          if (depth == 1) {
            unreadEntities.add(reader.getLocalName()); // perhaps whole mappings
          }
        }
        default -> {} // text, comments and processing instructions
      }
    }
  }

  /** Returns how many elements are open now that were not before. */
  private int readElement(XMLStreamReader reader) throws XMLStreamException {
    switch (reader.getLocalName()) {
      case "filter" -> addFilter(children(reader));
      case "filter-mapping" -> addMapping(children(reader));
      case "servlet" -> addServlet(children(reader));
      default -> {
        return 1; // other elements say nothing about filters
      }
    }
    return 0;
  }

  private void addFilter(Map<String, List<String>> children) {
    filters.add(
        new DeploymentDescriptor.DeclaredFilter(
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
        new Mapping(
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
  private Map<String, List<String>> children(XMLStreamReader reader) throws XMLStreamException {
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
        case XMLStreamConstants.ENTITY_REFERENCE -> {
          if (depth <= 1) {
            unreadEntities.add(reader.getLocalName());
          }
        }
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
