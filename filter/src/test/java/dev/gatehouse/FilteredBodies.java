package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.mcp.BodyFilters;
import dev.gatehouse.internal.mcp.ListVisibility;
import dev.gatehouse.internal.servlet.FinishableResponse;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A servlet that does what a test tells it, behind the filter of bodies, on a real container. */
final class FilteredBodies {

  private static final String HIDDEN = "hidden";
  static final ListVisibility LISTS = (method, name) -> !name.startsWith(HIDDEN);

  /** Long enough not to fit into any container's buffer. */
  private static final String LONG = "ü€😀x".repeat(60_000);

  static final String LIST =
      "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"tools\":[{\"name\":\"hidden\"},"
          + "{\"name\":\"seen\",\"description\":\"grün\"}],\"nextCursor\":\"c\"}}";
  static final String FILTERED = LIST.replace("{\"name\":\"hidden\"},", "");
  static final String LONG_LIST = LIST.replace("grün", LONG);
  static final String LONG_FILTERED = FILTERED.replace("grün", LONG);
  static final String LEAK =
      "{\"stackTrace\":[{\"className\":\"A\"}],\"jsonRpcError\":"
          + "{\"code\":-32600,\"message\":\"Invalid message format: Unexpected\"}}";
  static final String CLEAN =
      "{\"jsonrpc\":\"2.0\",\"id\":7,"
          + "\"error\":{\"code\":-32600,\"message\":\"Invalid message format\"}}";
  static final String INTERNAL =
      "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32603,\"message\":\"Internal error\"}}";

  private FilteredBodies() {}

  /** What a servlet does. */
  @FunctionalInterface
  interface Action {
    void run(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException;
  }

  /** Applies the filters as the product does. */
  static final class TestFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      HttpServletResponse filtered =
          BodyFilters.wrap(
              request, response, "7", request.getHeader("X-Errors-Only") == null ? LISTS : null);
      FinishingRequest finishing = new FinishingRequest(request, filtered);
      chain.doFilter(finishing, filtered);
      if (!request.isAsyncStarted() || finishing.completed) {
        FinishableResponse.finishAll(filtered, null, () -> {});
      }
    }
  }

  /** Its async context finishes the body before it completes. */
  private static final class FinishingRequest extends HttpServletRequestWrapper {

    private final ServletResponse response;
    private volatile boolean completed;

    FinishingRequest(HttpServletRequest request, ServletResponse response) {
      super(request);
      this.response = response;
    }

    @Override
    public AsyncContext startAsync() {
      return startAsync(this, response);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
      AsyncContext target = super.startAsync(request, response);
      return (AsyncContext)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {AsyncContext.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("complete")) {
                  completed = true;
                  FinishableResponse.finishAll(response, null, target::complete);
                  return null;
                }
                try {
                  return method.invoke(target, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  /** Starts a server whose servlet does the action that the query names. */
  static Container.Running start(Container container, Path directory, Map<String, Action> actions)
      throws Exception {
    HttpServlet servlet =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException, ServletException {
            Objects.requireNonNull(actions.get(request.getQueryString())).run(request, response);
          }
        };
    return container.start(
        directory,
        context -> {
          ProtectedServer.addServlet(context, "mcp", servlet, "/mcp");
          var filter = context.addFilter("bodies", new TestFilter());
          filter.setAsyncSupported(true);
          filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
        });
  }

  static RawResponse post(Container.Running server, String action, String... headers)
      throws IOException {
    return send(server, "POST", action, headers);
  }

  static RawResponse send(Container.Running server, String method, String action, String... headers)
      throws IOException {
    List<String> lines = new ArrayList<>(Arrays.asList(headers));
    lines.add("Accept: application/json, text/event-stream");
    return RawClient.send(server.port(), RawClient.request(method + " /mcp?" + action, lines));
  }

  static String text(RawResponse response) {
    return new String(
        response.body().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  static Action json(String type, Action action) {
    return (request, response) -> {
      response.setContentType(type);
      action.run(request, response);
    };
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Action body(String type, byte[] bytes) {
    return json(type, (request, response) -> response.getOutputStream().write(bytes));
  }

  static void assertLength(RawResponse response, String way) {
    assertThat(response.header("Content-Length"))
        .as(way)
        .isSubsetOf(String.valueOf(response.body().length()));
  }
}
