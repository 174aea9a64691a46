package dev.gatehouse.internal.servlet;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wrapped response that has something left to do when the servlet has finished: after the chain
 * has returned, or, with async processing, before the servlet's {@code complete()} takes effect.
 */
public abstract class FinishableResponse extends HttpServletResponseWrapper {

  private static final Logger log = LoggerFactory.getLogger(FinishableResponse.class);

  protected FinishableResponse(HttpServletResponse response) {
    super(response);
  }

  /**
   * Called at the end of the response; more than once if the servlet is dispatched to again.
   *
   * @param then what follows: at once or, if the servlet writes without blocking, when the
   *     container has taken everything. Called once, unless the method throws
   */
  public abstract void finish(Runnable then) throws IOException;

  /**
   * Finishes such wrappers around a response, from the outermost to the innermost.
   *
   * @param inside the response whose own wrappers are left alone; null for none
   * @param then what follows
   */
  @SuppressWarnings("ReferenceEquality") // this very wrapper
  public static void finishAll(
      ServletResponse outermost, @Nullable ServletResponse inside, Runnable then) {
    ServletResponse response = outermost;
    while (response != inside && response instanceof ServletResponseWrapper wrapper) {
      ServletResponse inner = ForwardedResponse.inside(wrapper);
      if (response instanceof FinishableResponse finishable) {
        finish(finishable, () -> finishAll(inner, inside, then));
        return;
      }
      response = inner;
    }
    then.run();
  }

  /** A dispatcher whose forwards send what such wrappers have kept. */
  public static RequestDispatcher forwarding(RequestDispatcher dispatcher) {
    return new ForwardingDispatcher(dispatcher);
  }

  /** The response that a wrapper wraps. */
  public static ServletResponse inside(ServletResponseWrapper wrapper) {
    return ForwardedResponse.inside(wrapper);
  }

  private static void finish(FinishableResponse response, Runnable then) {
    try {
      response.finish(then);
    } catch (IOException e) {
      // The client has gone, or its token has ended: the rest has no reader.
      log.debug("a response could not be finished", e);
      then.run();
    }
  }
}
