package dev.gatehouse.internal.servlet;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * The response that a container gets for a forward, so that it closes this one afterwards, as the
 * Servlet specification demands (§9.4). Tomcat 11 looks for its own response inside all wrappers
 * and drops whatever these have kept; here it finds none.
 */
final class ForwardedResponse extends HttpServletResponseWrapper {

  private final HttpServletResponse inside;

  /**
   * Wraps a response.
   *
   * @param inside the response that the servlet passes to the forward
   */
  ForwardedResponse(HttpServletResponse inside) {
    super(withoutWrappers(inside));
    this.inside = inside;
  }

  /** The same response as an object that is no wrapper. */
  private static HttpServletResponse withoutWrappers(HttpServletResponse response) {
    return (HttpServletResponse)
        Proxy.newProxyInstance(
            ForwardedResponse.class.getClassLoader(),
            new Class<?>[] {HttpServletResponse.class},
            (proxy, method, arguments) -> call(response, method, arguments));
  }

  private static Object call(HttpServletResponse response, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(response, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** The response that a wrapper wraps, also if it is such a one. */
  static ServletResponse inside(ServletResponseWrapper wrapper) {
    return wrapper instanceof ForwardedResponse forwarded
        ? forwarded.inside
        : wrapper.getResponse();
  }
}
