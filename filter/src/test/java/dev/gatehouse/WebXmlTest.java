package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a {@code web.xml} may leave out, and what the filter makes of it, on Tomcat. */
class WebXmlTest {

  private static final Logger CATALINA = Logger.getLogger("org.apache.catalina");

  private static final String ALL =
      "<dispatcher>REQUEST</dispatcher><dispatcher>ASYNC</dispatcher>"
          + "<dispatcher>FORWARD</dispatcher><dispatcher>INCLUDE</dispatcher>"
          + "<dispatcher>ERROR</dispatcher>";
  private static final String METADATA =
      "<url-pattern>/.well-known/oauth-protected-resource/*</url-pattern>";

  /** The jar's web-fragment.xml registers it; these tests have no jar. */
  private static final String LISTENER =
      "<listener><listener-class>dev.gatehouse.StartupCheck</listener-class></listener>";

  private static final String ASYNC = "<async-supported>true</async-supported>";

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  private final Tomcat tomcat = new Tomcat();

  /** What Tomcat logs, with the messages of exceptions. */
  private final List<String> containerLog = new CopyOnWriteArrayList<>();

  private final Handler containerLogHandler =
      new Handler() {
        @Override
        public void publish(LogRecord event) {
          containerLog.add(event.getMessage() + ": " + event.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /** Registers in Java; nothing unless a test replaces it. */
  private ServletContainerInitializer initializer = (classes, context) -> {};

  @BeforeEach
  void prepare() throws Exception {
    CATALINA.addHandler(containerLogHandler);
    CATALINA.setUseParentHandlers(false);
    Files.createDirectories(directory.resolve("WEB-INF"));
    tomcat.setBaseDir(directory.resolve("tomcat").toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
    CATALINA.removeHandler(containerLogHandler);
    CATALINA.setUseParentHandlers(true);
  }

  private static String filter(String initParams, String async) {
    return """
        <filter>
          <filter-name>guard</filter-name>
          <filter-class>dev.gatehouse.McpAuthFilter</filter-class>
          %s
          %s
        </filter>
        """
        .formatted(async, initParams);
  }

  private static String mapping(String targetsAndTypes) {
    return "<filter-mapping><filter-name>guard</filter-name>%s</filter-mapping>"
        .formatted(targetsAndTypes);
  }

  private static String param(String name, String value) {
    return "<init-param><param-name>%s</param-name><param-value>%s</param-value></init-param>"
        .formatted(name, value);
  }

  private static String goodParams() {
    return param("resource", "http://127.0.0.1:1/mcp")
        + param("introspection-endpoint", "http://127.0.0.1:1/introspect")
        + param("client-auth-method", "none")
        + param("self-test", "false");
  }

  private static Settings goodSettings() {
    return TestSettings.builder()
        .resource("http://127.0.0.1:1/mcp")
        .introspectionEndpoint("http://127.0.0.1:1/introspect")
        .clientAuthMethod("none")
        .build();
  }

  private Context deploy(String filter) throws Exception {
    return deploy("", filter);
  }

  private Context deploy(String prolog, String filter) throws Exception {
    Files.writeString(
        directory.resolve("WEB-INF").resolve("web.xml"),
        """
        %s<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
          <servlet>
            <servlet-name>mcp</servlet-name>
            <servlet-class>dev.gatehouse.CallerServlet</servlet-class>
            <async-supported>true</async-supported>
          </servlet>
          <servlet-mapping>
            <servlet-name>mcp</servlet-name>
            <url-pattern>/mcp</url-pattern>
          </servlet-mapping>
          %s
        </web-app>
        """
            .formatted(prolog, filter));
    Context application = tomcat.addWebapp("", directory.toString());
    application.setParentClassLoader(getClass().getClassLoader());
    application.setJarScanner(new NoJars());
    application.addServletContainerInitializer(initializer, Set.of());
    // Otherwise Logback stops logging for the whole JVM, and so for all tests, with the context.
    application.addParameter("logbackDisableServletContainerInitializer", "true");
    tomcat.start();
    return application;
  }

  /** Another filter of the application. */
  public static final class PassingFilter implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      chain.doFilter(request, response);
    }
  }

  /** Scanning the test's class path for web fragments takes long and finds none. */
  private static final class NoJars extends StandardJarScanner {
    private NoJars() {
      setScanClassPath(false);
      setScanManifest(false);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no dispatcher means REQUEST alone | <servlet-name>mcp</servlet-name>
          one is missing                    | <servlet-name>mcp</servlet-name><dispatcher>REQUEST</dispatcher><dispatcher>ASYNC</dispatcher><dispatcher>INCLUDE</dispatcher><dispatcher>ERROR</dispatcher>
          by path                           | <url-pattern>/mcp</url-pattern>
          all servlets                      | <servlet-name>*</servlet-name>
          """)
  void aMappingForwardsCanBypassDoesNotStart(String description, String mapping) throws Exception {
    Context application = deploy(filter(goodParams(), ASYNC) + mapping(mapping));

    assertThat(application.getState().isAvailable()).isFalse();
    assertThat(containerLog)
        .anySatisfy(
            entry ->
                assertThat(entry)
                    .contains("the filter is not mapped to", "<dispatcher>FORWARD</dispatcher>"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          in one mapping     | <servlet-name>mcp</servlet-name>ALL
          the metadata needs no forward | <servlet-name>mcp</servlet-name>ALL</filter-mapping><filter-mapping><filter-name>guard</filter-name><url-pattern>/.well-known/*</url-pattern>
          in lower case      | <servlet-name>mcp</servlet-name>LOWER
          all servlets       | <servlet-name>*</servlet-name>ALL
          another filter's is not ours | <servlet-name>mcp</servlet-name>ALL</filter-mapping><filter-mapping><filter-name>other</filter-name><servlet-name>mcp</servlet-name><dispatcher>request</dispatcher>
          in two mappings    | <servlet-name>mcp</servlet-name></filter-mapping><filter-mapping><filter-name>guard</filter-name><servlet-name>mcp</servlet-name>ALL
          """)
  void aMappingForAllDispatcherTypesStarts(String description, String mapping) throws Exception {
    String other =
        "<filter><filter-name>other</filter-name><filter-class>%s</filter-class>%s</filter>";
    Context application =
        deploy(
            filter(goodParams(), ASYNC)
                + other.formatted(PassingFilter.class.getName(), ASYNC)
                + mapping(
                    mapping.replace("ALL", ALL).replace("LOWER", ALL.toLowerCase(Locale.ROOT))));

    assertThat(application.getState().isAvailable()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an entity of its own | <!DOCTYPE web-app [<!ENTITY x 'y'>]> | <description>&x;</description>
          an external DTD      | <!DOCTYPE web-app PUBLIC "-//Sun Microsystems, Inc.//DTD Web Application 2.3//EN" "http://java.sun.com/dtd/web-app_2_3.dtd"> | <description>y</description>
          """)
  void aDescriptorWithADocumentTypeStarts(String description, String prolog, String element)
      throws Exception {
    Context application =
        deploy(
            prolog,
            element
                + filter(goodParams(), ASYNC)
                + mapping("<servlet-name>mcp</servlet-name>" + ALL)
                + LISTENER);

    assertThat(application.getState().isAvailable()).isTrue();
  }

  /** Tomcat reads entities, but a check must not fetch what may be on another host. */
  @Test
  void aDescriptorWithMappingsInAnEntityIsReportedAsNotCheckedCompletely() throws Exception {
    String inEntity = mapping("<servlet-name>mcp</servlet-name>");
    log.announce("guard: mappings not checked completely, because the entities [m]");

    Context application =
        deploy(
            "<!DOCTYPE web-app [<!ENTITY m \"" + inEntity + "\">]>",
            filter(goodParams(), ASYNC) + "&m;" + LISTENER);

    assertThat(application.getState().isAvailable()).isTrue();
    assertThat(log.messages("WARN")).isNotEmpty();
  }

  @Test
  void aFilterWithoutAsyncSupportIsReportedAtTheStart() throws Exception {
    log.announce("async_off: set async-supported on every filter and on the servlet");

    deploy(filter(goodParams(), "") + mapping("<servlet-name>mcp</servlet-name>" + METADATA + ALL));

    assertThat(log.messages("ERROR")).hasSize(1);
  }

  @Test
  void anApplicationWithWrongFiltersDoesNotStartAndOneMessageNamesTheMistakesOfAll()
      throws Exception {
    String other = filter(param("rsource", "x"), ASYNC).replace("guard", "other");
    Context application =
        deploy(
            filter(goodParams(), ASYNC)
                + mapping("<servlet-name>mpc</servlet-name>" + ALL)
                + other
                + mapping("<servlet-name>mcp</servlet-name>" + ALL).replace("guard", "other")
                + LISTENER);

    assertThat(application.getState().isAvailable()).isFalse();
    assertThat(containerLog)
        .filteredOn(entry -> entry.contains("Gatehouse can't start"))
        .singleElement()
        .asString()
        .contains(
            "filter guard: Gatehouse can't start with these mappings",
            "the filter is mapped to servlet 'mpc', which does not exist",
            "filter other: Gatehouse can't start with these settings",
            "rsource: unknown setting; write resource");
  }

  @Test
  void theMappingsOfAFilterThatIsRegisteredInJavaAreCheckedToo() throws Exception {
    initializer =
        (classes, context) ->
            context
                .addFilter("guard", new McpAuthFilter(goodSettings()))
                .addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/mcp/x");

    deploy(LISTENER);

    assertThat(containerLog)
        .anySatisfy(
            entry ->
                assertThat(entry)
                    .contains("filter guard: Gatehouse can't start with these mappings"));
  }

  /** A front controller on {@code /}, and a filter that is registered in Java. */
  private ServletContainerInitializer frontController(String mappingCheck) {
    return (classes, context) -> {
      ProtectedServer.addServlet(context, "app", new CallerServlet(), "/");
      var filter =
          context.addFilter(
              "guard",
              new McpAuthFilter(
                  TestSettings.builder()
                      .resource("http://127.0.0.1:1/mcp")
                      .introspectionEndpoint("http://127.0.0.1:1/introspect")
                      .clientAuthMethod("none")
                      .mappingCheck(mappingCheck)
                      .build()));
      filter.setAsyncSupported(true);
      filter.addMappingForUrlPatterns(
          EnumSet.allOf(DispatcherType.class), false, "/open/mcp", "/open/mcp/*");
    };
  }

  @Test
  void aFrontControllerBehindAFilterThatIsRegisteredInJavaStartsIfTheFilterAllowsIt()
      throws Exception {
    log.announce("guard starts although it does not protect all paths");
    initializer = frontController("warn");

    assertThat(deploy(LISTENER).getState().isAvailable()).isTrue();
    assertThat(log.messages("WARN")).hasSize(1);
  }

  @Test
  void aFrontControllerBehindAFilterThatIsRegisteredInJavaDoesNotStartByDefault() throws Exception {
    initializer = frontController("refuse");

    assertThat(deploy(LISTENER).getState().isAvailable()).isFalse();
    assertThat(containerLog)
        .filteredOn(entry -> entry.contains("filter guard: Gatehouse can't start"))
        .singleElement()
        .asString()
        .contains("servlet 'app' also serves paths that the filter is not mapped to");
  }

  @ParameterizedTest(name = "{0}: starts {1}")
  @CsvSource({"warn, true", "refuse, false", "Warn, false"})
  void aFrontControllerInWebXmlStartsOnlyWithWarn(String mappingCheck, boolean starts)
      throws Exception {
    if (starts) {
      log.announce("guard starts although it does not protect all paths");
    }
    Context application =
        deploy(
            "<servlet-mapping><servlet-name>mcp</servlet-name><url-pattern>/</url-pattern>"
                + "</servlet-mapping>"
                + filter(goodParams() + param("mapping-check", mappingCheck), ASYNC)
                + mapping("<url-pattern>/mcp</url-pattern><url-pattern>/mcp/*</url-pattern>" + ALL)
                + LISTENER);

    assertThat(application.getState().isAvailable()).isEqualTo(starts);
  }

  @Test
  void anApplicationWithGoodFiltersPassesTheStartupCheck() throws Exception {
    Context application =
        deploy(
            filter(goodParams(), ASYNC)
                + mapping("<servlet-name>mcp</servlet-name>" + METADATA + ALL)
                + LISTENER);

    assertThat(application.getState().isAvailable()).isTrue();
  }
}
