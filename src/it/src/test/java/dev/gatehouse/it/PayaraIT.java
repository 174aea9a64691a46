package dev.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Payara runs an application without a filter whose {@code init} has failed. One Payara runs three
 * applications, without an SLF4J binding: {@code good}; {@code stopped}, whose filter has wrong
 * settings; and {@code refusing}, which in addition ignores the jar's {@code web-fragment.xml}.
 */
@NullMarked
@TestInstance(Lifecycle.PER_CLASS)
class PayaraIT {

  private static final String RESOURCE = "https://mcp.example.com/mcp";
  private static final String DISPATCHERS =
      "<dispatcher>REQUEST</dispatcher><dispatcher>ASYNC</dispatcher>"
          + "<dispatcher>FORWARD</dispatcher><dispatcher>INCLUDE</dispatcher>"
          + "<dispatcher>ERROR</dispatcher>";

  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init")
  private HttpServer authorizationServer;

  @SuppressWarnings("NullAway.Init")
  private PayaraMicro payara;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    authorizationServer =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] active =
        "{\"active\":true,\"token_type\":\"Bearer\",\"sub\":\"alice\",\"aud\":\"%s\"}"
            .formatted(RESOURCE)
            .getBytes(StandardCharsets.UTF_8);
    authorizationServer.createContext(
        "/introspect",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, active.length);
          exchange.getResponseBody().write(active);
          exchange.close();
        });
    authorizationServer.start();
    String endpoint =
        "http://127.0.0.1:" + authorizationServer.getAddress().getPort() + "/introspect";
    String good = param("introspection-endpoint", endpoint) + param("client-auth-method", "none");
    String wrong = param("isuer", "https://as.example.com");
    payara =
        new PayaraMicro(
            folder,
            List.of(
                WebArchive.write(folder.resolve("good.war"), webXml("", good)),
                WebArchive.write(
                    folder.resolve("refusing.war"), webXml("<absolute-ordering/>", wrong)),
                // Last: Payara deploys nothing after an application that does not start.
                WebArchive.write(folder.resolve("stopped.war"), webXml("", wrong))));
  }

  @AfterAll
  void stop() throws Exception {
    payara.close();
    authorizationServer.stop(0);
  }

  private static String param(String name, String value) {
    return "<init-param><param-name>%s</param-name><param-value>%s</param-value></init-param>"
        .formatted(name, value);
  }

  private static String webXml(String ordering, String initParams) {
    return """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
          %s
          <filter>
            <filter-name>gatehouse</filter-name>
            <filter-class>dev.gatehouse.McpAuthFilter</filter-class>
            <async-supported>true</async-supported>
            %s
            %s
          </filter>
          <filter-mapping>
            <filter-name>gatehouse</filter-name>
            <servlet-name>mcp</servlet-name>
            <url-pattern>/.well-known/oauth-protected-resource/*</url-pattern>
            %s
          </filter-mapping>
          <servlet>
            <servlet-name>mcp</servlet-name>
            <servlet-class>dev.gatehouse.it.ReachedServlet</servlet-class>
            <async-supported>true</async-supported>
          </servlet>
          <servlet-mapping>
            <servlet-name>mcp</servlet-name>
            <url-pattern>/mcp</url-pattern>
          </servlet-mapping>
        </web-app>
        """
        .formatted(ordering, param("resource", RESOURCE), initParams, DISPATCHERS);
  }

  private HttpResponse<String> call(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(payara.url(path)))
            .header("Authorization", "Bearer any")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aFilterWithGoodSettingsAdmitsGoodTokensAlone() throws Exception {
    HttpResponse<String> withoutToken =
        client.send(
            HttpRequest.newBuilder(URI.create(payara.url("/good/mcp"))).build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(withoutToken.statusCode()).isEqualTo(401);
    assertThat(call("/good/mcp").body()).isEqualTo(ReachedServlet.TEXT);
  }

  @Test
  void anApplicationWithWrongSettingsDoesNotStart() throws Exception {
    HttpResponse<String> response = call("/stopped/mcp");

    assertThat(response.statusCode()).isGreaterThanOrEqualTo(400);
    assertThat(response.body()).doesNotContain(ReachedServlet.TEXT);
    assertThat(payara.log())
        .contains("filter gatehouse: Gatehouse can't start with these settings", "write issuer");
  }

  @Test
  void aFilterThatCannotStopItsApplicationRefusesEveryRequest() throws Exception {
    HttpResponse<String> response = call("/refusing/mcp");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("temporarily_unavailable");
    assertThat(payara.log())
        .containsOnlyOnce("filter gatehouse did not start, so it refuses every request with 503");
  }
}
