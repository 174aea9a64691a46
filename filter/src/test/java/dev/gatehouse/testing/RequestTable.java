package dev.gatehouse.testing;

import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * Runs a test once for each row of a table in {@code /requests}; its README describes the format.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(RequestTable.Reader.class)
public @interface RequestTable {

  /** The name of the table's file in {@code /requests}. */
  String value();

  /** One request and its expected outcome. */
  record Row(
      String description,
      String clause,
      String request,
      String introspectionResponse,
      String status,
      String error,
      String reason,
      Map<String, String> settings) {

    @Override
    public String toString() {
      return description + " [" + clause + "]";
    }
  }

  /** Reads the table and provides its rows as arguments. */
  final class Reader implements ArgumentsProvider, AnnotationConsumer<RequestTable> {

    private String file = "";

    @Override
    public void accept(RequestTable table) {
      file = table.value();
    }

    @Override
    public Stream<? extends Arguments> provideArguments(
        ParameterDeclarations parameters, ExtensionContext context) throws IOException {
      return rows(file).stream().map(Arguments::of);
    }

    static List<Row> rows(String file) throws IOException {
      List<Row> rows = new ArrayList<>();
      Map<String, String> settings = Map.of();
      for (String line : text("/requests/" + file).lines().toList()) {
        if (line.startsWith("settings:")) {
          settings = settings(line.substring("settings:".length()));
        } else if (!line.isBlank() && !line.startsWith("#")) {
          rows.add(row(line, settings));
        }
      }
      return rows;
    }

    private static Row row(String line, Map<String, String> settings) {
      List<String> cells = Arrays.stream(line.split(" \\| ", -1)).map(String::strip).toList();
      if (cells.size() != 7) {
        throw new IllegalArgumentException(cells.size() + " columns, not 7: " + line);
      }
      return new Row(
          cells.get(0),
          cells.get(1),
          cells.get(2),
          cells.get(3),
          cells.get(4),
          cells.get(5),
          cells.get(6),
          settings);
    }

    private static Map<String, String> settings(String text) {
      Map<String, String> settings = new TreeMap<>();
      for (String setting : text.split(";", -1)) {
        if (!setting.isBlank()) {
          int equals = setting.indexOf('=');
          settings.put(setting.substring(0, equals).strip(), setting.substring(equals + 1).strip());
        }
      }
      return settings;
    }

    private static String text(String resource) throws IOException {
      try (InputStream in = RequestTable.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalArgumentException("no such table: " + resource);
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }
}
