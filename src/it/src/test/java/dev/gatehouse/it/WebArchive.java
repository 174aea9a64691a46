package dev.gatehouse.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.NullMarked;

/** Writes WAR files with the filter, what it needs, and a servlet that it guards. */
@NullMarked
final class WebArchive {

  /** The filter and the libraries that it needs; no SLF4J binding. */
  private static final Pattern LIBRARIES =
      Pattern.compile(
          "(gatehouse-filter|caffeine|bucket4j|httpc|jackson-|nimbus-jose|oauth2-oidc|json-smart|"
              + "accessors-smart|asm-|content-type|lang-tag|slf4j-api|jspecify).*\\.jar");

  private WebArchive() {}

  /** Writes a WAR file with this deployment descriptor. */
  static Path write(Path file, String webXml) throws IOException {
    List<Path> libraries =
        Arrays.stream(System.getProperty("java.class.path").split(Pattern.quote(":"), -1))
            .map(Path::of)
            .filter(path -> LIBRARIES.matcher(Objects.toString(path.getFileName())).matches())
            .toList();
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      add(zip, "WEB-INF/web.xml", webXml.getBytes(StandardCharsets.UTF_8));
      String servlet = ReachedServlet.class.getName().replace('.', '/') + ".class";
      try (InputStream in =
          Objects.requireNonNull(
              ReachedServlet.class.getClassLoader().getResourceAsStream(servlet))) {
        add(zip, "WEB-INF/classes/" + servlet, in.readAllBytes());
      }
      for (Path library : libraries) {
        add(zip, "WEB-INF/lib/" + library.getFileName(), Files.readAllBytes(library));
      }
    }
    return file;
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }
}
