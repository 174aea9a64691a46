package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every dispatcher type by which a request reaches the servlet (Servlet specification §6.2.5). */
class DispatchTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private final CallerServlet servlet = new CallerServlet();
  private FakeAuthorizationServer as;

  /** The body of a servlet, as a lambda. */
  @FunctionalInterface
  interface Action {
    void run(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException;
  }

  private static HttpServlet servlet(Action action) {
    return new HttpServlet() {
      private static final long serialVersionUID = 1L;

      @Override
      protected void service(HttpServletRequest request, HttpServletResponse response)
          throws IOException, ServletException {
        action.run(request, response);
      }
    };
  }

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
  }

  @AfterEach
  void stop() {
    as.close();
  }

  private Settings settings(String resource) {
    return TestSettings.builder()
        .resource(resource)
        .issuer(as.issuer())
        .introspectionEndpoint(as.introspectionEndpoint())
        .clientId("mcp-filter")
        .clientSecret(Secrets.CLIENT_SECRET)
        .build();
  }

  /** The protected servlet at {@code /mcp}, and what {@code more} registers. */
  private ProtectedServer serverWith(HttpServlet mcp, Consumer<ServletContext> more)
      throws Exception {
    ProtectedServer server =
        new ProtectedServer(
            "/",
            origin ->
                context -> {
                  ProtectedServer.addServlet(context, "mcp", mcp, "/mcp");
                  McpAuthFilter.register(context, "mcp", settings(origin + "/mcp"));
                  more.accept(context);
                });
    respondActive(server.mcp(), "");
    return server;
  }

  /** Jetty runs a filter once for its mapping by servlet name and once for the one by path. */
  @Test
  void aFilterThatRunsTwiceVerifiesTheTokenOnce() throws Exception {
    try (ProtectedServer server =
        new ProtectedServer(
            "/",
            origin ->
                context -> {
                  ProtectedServer.addServlet(context, "mcp", servlet, "/mcp");
                  Settings uncached =
                      TestSettings.builder()
                          .resource(origin + "/mcp")
                          .issuer(as.issuer())
                          .introspectionEndpoint(as.introspectionEndpoint())
                          .clientAuthMethod("none")
                          .cacheTtl(Duration.ZERO)
                          .build();
                  ProtectedServer.addFilter(
                      context, "gatehouse", new McpAuthFilter(uncached), "mcp");
                  context
                      .getFilterRegistration("gatehouse")
                      .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
                })) {
      respondActive(server.mcp(), "");

      assertThat(withToken(server, "/mcp").statusCode()).isEqualTo(200);
      assertThat(as.introspectionRequests()).hasSize(1);
    }
  }

  private ProtectedServer serverWithUnprotected(Action unprotected) throws Exception {
    return serverWith(
        servlet,
        context ->
            ProtectedServer.addServlet(
                context, "unprotected", servlet(unprotected), "/unprotected"));
  }

  private void respondActive(String audience, String members) {
    as.introspection(
        json(
            200,
            "{\"active\":true,\"sub\":\"alice\",\"aud\":[\"%s\"]%s}".formatted(audience, members)));
  }

  private static HttpResponse<String> withToken(ProtectedServer server, String path)
      throws IOException {
    return server.get(path, "Authorization", "Bearer " + Secrets.token());
  }

  private void assertProtected(ProtectedServer server, String path) throws IOException {
    HttpResponse<String> refused = server.get(path);

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("WWW-Authenticate"))
        .hasValueSatisfying(
            challenge -> assertThat(challenge).startsWith("Bearer resource_metadata="));
    assertThat(servlet.calls()).isZero();
    assertThat(as.introspectionRequests()).isEmpty();

    HttpResponse<String> admitted = withToken(server, path);

    assertThat(admitted.statusCode()).isEqualTo(200);
    assertThat(admitted.body()).startsWith("user=alice").contains("principal=alice");
    assertThat(servlet.calls()).isEqualTo(1);
    assertThat(as.introspectionRequests()).hasSize(1);
  }

  @Test
  void aForwardFromAnUnprotectedServletIsProtected() throws Exception {
    try (var server =
        serverWithUnprotected(
            (request, response) ->
                request.getRequestDispatcher("/mcp").forward(request, response))) {
      assertProtected(server, "/unprotected");
    }
  }

  @Test
  void aForwardByServletNameIsProtected() throws Exception {
    try (var server =
        serverWithUnprotected(
            (request, response) ->
                request.getServletContext().getNamedDispatcher("mcp").forward(request, response))) {
      assertProtected(server, "/unprotected");
    }
  }

  @Test
  void aForwardByAnotherFilterFromAnUnprotectedPathIsProtected() throws Exception {
    Filter rewriting =
        (request, response, chain) ->
            request.getRequestDispatcher("/mcp").forward(request, response);
    try (var server =
        serverWith(
            servlet,
            context -> {
              var filter = context.addFilter("rewriting", rewriting);
              filter.setAsyncSupported(true);
              filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/open/*");
            })) {
      assertProtected(server, "/open/x");
    }
  }

  @Test
  void anAsyncDispatchFromAnUnprotectedServletIsProtected() throws Exception {
    try (var server =
        serverWithUnprotected((request, response) -> request.startAsync().dispatch("/mcp"))) {
      assertProtected(server, "/unprotected");
    }
  }

  @Test
  void anIncludeFromAnUnprotectedServletDoesNotReachTheServlet() throws Exception {
    try (var server =
        serverWithUnprotected(
            (request, response) -> {
              response.getWriter().print("before ");
              request.getRequestDispatcher("/mcp").include(request, response);
            })) {
      HttpResponse<String> refused = server.get("/unprotected");

      // An included servlet can't set status and headers: only the refusal's body is added.
      assertThat(refused.statusCode()).isEqualTo(200);
      assertThat(refused.body()).startsWith("before {\"error\":\"unauthorized\"");
      assertThat(servlet.calls()).isZero();
      assertThat(withToken(server, "/unprotected").body()).startsWith("before user=alice");
      assertThat(servlet.calls()).isEqualTo(1);
    }
  }

  @Test
  void anErrorPageOnTheProtectedPathIsProtected() throws Exception {
    try (var server =
        serverWith(
            servlet,
            context -> {
              errorPage(context, 418, "/mcp");
              ProtectedServer.addServlet(
                  context,
                  "unprotected",
                  servlet((request, response) -> response.sendError(418)),
                  "/unprotected");
            })) {
      assertThat(server.get("/unprotected").body()).doesNotContain("user=");
      assertThat(servlet.calls()).isZero();
      assertThat(withToken(server, "/unprotected").body()).startsWith("user=alice");
    }
  }

  private static void errorPage(ServletContext context, int status, String path) {
    ErrorPageErrorHandler pages = new ErrorPageErrorHandler();
    pages.addErrorPage(status, path);
    ServletContextHandler handler = ServletContextHandler.getServletContextHandler(context);
    assertThat(handler).isNotNull();
    handler.setErrorHandler(pages);
  }

  @Test
  void anAdmittedRequestIsAdmittedAgainOnAnAsyncDispatch() throws Exception {
    HttpServlet redispatching =
        servlet(
            (request, response) -> {
              if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.startAsync().dispatch();
              } else {
                response.getWriter().print(AuthInfo.from(request).userId().orElseThrow());
              }
            });
    try (var server = serverWith(redispatching, context -> {})) {
      assertThat(withToken(server, "/mcp").body()).isEqualTo("alice");
      assertThat(as.introspectionRequests()).hasSize(1);
    }
  }

  @Test
  void anErrorDispatchOfAnAdmittedRequestIsNotIntrospectedAgain() throws Exception {
    HttpServlet failing =
        servlet(
            (request, response) -> {
              if (request.getDispatcherType() == DispatcherType.ERROR) {
                response.getWriter().print("sorry, " + request.getRemoteUser());
              } else {
                response.sendError(418);
              }
            });
    try (var server = serverWith(failing, context -> errorPage(context, 418, "/mcp"))) {
      HttpResponse<String> response = withToken(server, "/mcp");

      assertThat(response.statusCode()).isEqualTo(418);
      assertThat(response.body()).isEqualTo("sorry, alice");
      assertThat(as.introspectionRequests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void attributesSetByAnotherFilterAdmitNoRequest(boolean asString) throws Exception {
    Filter forger =
        (request, response, chain) -> {
          request.setAttribute(AuthInfo.ATTRIBUTE, asString ? "root" : true);
          for (int i = 0; i < 5_000; i++) {
            request.setAttribute(McpAuthFilter.class.getName() + '#' + i, asString ? "root" : true);
          }
          chain.doFilter(request, response);
        };
    try (var server =
        serverWith(
            servlet,
            context -> {
              var filter = context.addFilter("forger", forger);
              filter.setAsyncSupported(true);
              filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
            })) {
      assertProtected(server, "/mcp");
    }
  }
}
