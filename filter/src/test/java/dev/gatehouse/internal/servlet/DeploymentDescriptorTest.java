package dev.gatehouse.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.internal.servlet.DeploymentDescriptor.DeclaredFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from {@code web.xml} and the fragments of libraries, as containers read them. */
class DeploymentDescriptorTest {

  private static final String ALL =
      Arrays.stream(DispatcherType.values())
          .map(type -> "<dispatcher>" + type + "</dispatcher>")
          .collect(Collectors.joining());

  @TempDir Path directory;
  private Path libraries;

  @BeforeEach
  void prepare() throws IOException {
    libraries = Files.createDirectories(directory.resolve("WEB-INF/lib"));
  }

  private static String mapping(String filter, String targetsAndTypes) {
    return "<filter-mapping><filter-name>%s</filter-name>%s</filter-mapping>"
        .formatted(filter, targetsAndTypes);
  }

  private static String webXml(String content) {
    return "<web-app>" + content + "</web-app>";
  }

  private void library(String name, String content) throws IOException {
    Path jar = libraries.resolve(name);
    try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("META-INF/web-fragment.xml"));
      zip.write(("<web-fragment>" + content + "</web-fragment>").getBytes(StandardCharsets.UTF_8));
    }
  }

  private DeploymentDescriptor read(@Nullable String webXml) throws IOException {
    return read(webXml == null ? null : webXml.getBytes(StandardCharsets.UTF_8));
  }

  private DeploymentDescriptor read(byte @Nullable [] webXml) throws IOException {
    try (var jars = Files.list(libraries);
        var loader = new URLClassLoader(jars.map(this::url).toArray(URL[]::new), null)) {
      return DeploymentDescriptor.of(context(webXml, loader));
    }
  }

  private URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ServletContext context(byte @Nullable [] webXml, @Nullable ClassLoader loader) {
    return (ServletContext)
        Proxy.newProxyInstance(
            DeploymentDescriptorTest.class.getClassLoader(),
            new Class<?>[] {ServletContext.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getResourceAsStream" ->
                      webXml == null ? null : new ByteArrayInputStream(webXml);
                  case "getClassLoader" -> loader;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  @Test
  void anApplicationWithoutDescriptorsOrClassLoaderDeclaresNothing() throws Exception {
    assertThat(read((String) null).dispatcherTypes("guard")).isEmpty();
    assertThat(DeploymentDescriptor.of(context(null, null)).filtersOf(Object.class)).isEmpty();
  }

  @Test
  void theDispatcherTypesOfATargetAreThoseOfAllItsMappings() throws Exception {
    DeploymentDescriptor descriptor =
        read(
            webXml(
                mapping("guard", "<servlet-name> mcp\n</servlet-name>")
                    + mapping(
                        "guard",
                        "<servlet-name>mcp</servlet-name><url-pattern>/x/*</url-pattern>"
                            + "<dispatcher>forward</dispatcher><dispatcher>nonsense</dispatcher>")
                    + mapping("other", "<servlet-name>mcp</servlet-name>" + ALL)));

    assertThat(descriptor.dispatcherTypes("guard"))
        .isEqualTo(
            Map.of(
                "mcp", EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD),
                "/x/*", EnumSet.of(DispatcherType.FORWARD)));
    assertThat(descriptor.dispatcherTypes("other"))
        .isEqualTo(Map.of("mcp", EnumSet.allOf(DispatcherType.class)));
    assertThat(descriptor.dispatcherTypes("unknown")).isEmpty();
  }

  @Test
  void onlyDirectChildrenCount() throws Exception {
    DeploymentDescriptor descriptor =
        read(
            webXml(
                """
                <filter>
                  <filter-name>guard</filter-name>
                  <init-param>
                    <param-name>filter-class</param-name><filter-class>x</filter-class>
                    <async-supported>true</async-supported>
                  </init-param>
                  <filter-class>java.lang.Object</filter-class>
                </filter>
                <servlet>
                  <servlet-name>mcp</servlet-name>
                  <run-as><async-supported>true</async-supported></run-as>
                </servlet>
                <servlet>
                  <servlet-name>good</servlet-name><async-supported>true</async-supported>
                </servlet>
                """));

    assertThat(descriptor.filtersOf(Object.class))
        .containsExactly(new DeclaredFilter("guard", "java.lang.Object", false));
    assertThat(descriptor.declaresAsyncOff("unknown", Set.of("mcp"))).isTrue();
    assertThat(descriptor.declaresAsyncOff("unknown", Set.of("good"))).isFalse();
    assertThat(descriptor.declaresAsyncOff("guard", Set.of())).isTrue();
  }

  @Test
  void textIsReadWholeWithCommentsCdataAndReferences() throws Exception {
    String text = "/<![CDATA[a]]><!-- x -->b&amp;&#x2f;<?pi x?>*";

    assertThat(
            read(webXml(mapping("guard", "<url-pattern>" + text + "</url-pattern>")))
                .dispatcherTypes("guard"))
        .containsOnlyKeys("/ab&/*");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"UTF-16BE", "UTF-16LE", "UTF-8"})
  void anyEncodingWithAByteOrderMarkIsRead(String encoding) throws Exception {
    String xml = "\ufeff" + webXml(mapping("wächter", "<servlet-name>mcp</servlet-name>"));

    assertThat(read(xml.getBytes(Charset.forName(encoding))).dispatcherTypes("wächter"))
        .containsOnlyKeys("mcp");
  }

  @Test
  void namespacesWithPrefixesAreRead() throws Exception {
    String xml =
        """
        <j:web-app xmlns:j="http://java.sun.com/xml/ns/javaee"><j:filter-mapping>
          <j:filter-name>guard</j:filter-name><j:servlet-name>mcp</j:servlet-name>
        </j:filter-mapping></j:web-app>
        """;

    assertThat(read(xml).dispatcherTypes("guard")).containsOnlyKeys("mcp");
  }

  @Test
  void theFragmentsOfLibrariesAreReadAndTheirMappingsAreAddedToEachOther() throws Exception {
    library("a.jar", mapping("guard", "<servlet-name>mcp</servlet-name>"));
    library(
        "b.jar",
        mapping("guard", "<servlet-name>mcp</servlet-name><dispatcher>ERROR</dispatcher>"));

    assertThat(read(webXml("")).dispatcherTypes("guard"))
        .isEqualTo(Map.of("mcp", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR)));
  }

  @Test
  void mappingsInWebXmlOverrideThoseInFragmentsSoTheTypesOfTheLatterDoNotCount() throws Exception {
    library("a.jar", mapping("guard", "<servlet-name>mcp</servlet-name>" + ALL));

    assertThat(
            read(webXml(mapping("guard", "<servlet-name>mcp</servlet-name>")))
                .dispatcherTypes("guard"))
        .isEqualTo(Map.of("mcp", EnumSet.of(DispatcherType.REQUEST)));
    assertThat(
            read(webXml(mapping("other", "<servlet-name>mcp</servlet-name>")))
                .dispatcherTypes("guard"))
        .isEqualTo(Map.of("mcp", EnumSet.allOf(DispatcherType.class)));
  }

  @Test
  void aCompleteWebXmlExcludesFragments() throws Exception {
    library(
        "a.jar",
        "<filter><filter-name>guard</filter-name><filter-class>java.lang.Object</filter-class>"
            + "</filter>"
            + mapping("guard", "<servlet-name>mcp</servlet-name>"));

    DeploymentDescriptor complete = read("<web-app metadata-complete='true'/>");
    DeploymentDescriptor incomplete = read("<web-app metadata-complete='false'/>");

    assertThat(complete.filtersOf(Object.class)).isEmpty();
    assertThat(complete.dispatcherTypes("guard")).isEmpty();
    assertThat(incomplete.filtersOf(Object.class)).hasSize(1);
    assertThat(incomplete.dispatcherTypes("guard")).containsOnlyKeys("mcp");
  }

  @Test
  void fragmentsOutsideOfLibrariesAreIgnored() throws Exception {
    library("a.jar", mapping("guard", "<servlet-name>mcp</servlet-name>"));
    libraries = Files.move(libraries, directory.resolve("shared"));

    assertThat(read((String) null).dispatcherTypes("guard")).isEmpty();
  }

  @Test
  void aRedeployedLibraryIsReadAnew() throws Exception {
    library("a.jar", mapping("guard", "<servlet-name>old</servlet-name>"));
    assertThat(read(webXml("")).dispatcherTypes("guard")).containsOnlyKeys("old");

    library("a.jar", mapping("guard", "<servlet-name>new</servlet-name>"));

    assertThat(read(webXml("")).dispatcherTypes("guard")).containsOnlyKeys("new");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          whole mappings                | &x;                                                          | true
          the name in a mapping         | <filter-mapping><filter-name>&x;</filter-name></filter-mapping> | true
          a dispatcher                  | <filter-mapping>&x;</filter-mapping>                         | true
          a servlet's name              | <servlet><servlet-name>&x;</servlet-name></servlet>          | true
          a description                 | <description>&x;</description>                               | false
          a parameter                   | <filter><init-param><param-value>&x;</param-value></init-param></filter> | false
          a predefined one              | <filter-mapping><filter-name>&amp;</filter-name></filter-mapping> | false
          after another element         | <description>y</description>&x;                              | true
          """)
  void anEntityWhereNamesOrMappingsMayBeIsReported(String where, String content, boolean reported)
      throws Exception {
    String xml = "<!DOCTYPE web-app [<!ENTITY x 'y'>]>" + webXml(content);

    assertThat(read(xml).unreadEntities()).isEqualTo(reported ? Set.of("x") : Set.of());
  }

  @Test
  void externalEntitiesAndDocumentTypesAreNotFetched() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "<filter/>");
    String xml =
        "<!DOCTYPE web-app SYSTEM 'http://127.0.0.1:1/x.dtd' [<!ENTITY % p SYSTEM"
            + " 'http://127.0.0.1:1/p'> %p; <!ENTITY x SYSTEM '"
            + secret.toUri()
            + "'>]>"
            + webXml("&x;");

    assertThat(read(xml).filtersOf(Object.class)).isEmpty();
    assertThat(read(xml).unreadEntities()).containsExactly("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no XML",
        "<web-app>",
        "<web-app><filter></web-app>",
        "<web-app><filter><filter-name>x",
        "<?xml version='1.0' encoding='x-unknown'?><web-app/>"
      })
  void aMalformedDescriptorIsAnErrorBecauseItCannotBeChecked(String xml) {
    assertThatThrownBy(() -> read(xml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a deployment descriptor can't be read");
  }
}
