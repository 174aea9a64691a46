package dev.gatehouse.authorizationserver.internal.endpoint;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.store.StoreUnavailableException;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One endpoint: takes a request, answers with a message. It implements {@link Servlet} and not
 * {@code HttpServlet}, whose answers to other methods are the container's pages.
 */
public abstract class Endpoint implements Servlet {
  private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
  private static final int SC_UNAVAILABLE = 503;
  private static final int SC_SERVER_ERROR = 500;
  private static final String RETRY_AFTER_SECONDS = "5";

  private @Nullable ServletConfig config;

  /** Gives the whole answer, whatever the method is. */
  protected abstract HTTPResponse handle(HttpServletRequest request) throws IOException;

  @Override
  public final void service(ServletRequest request, ServletResponse response)
      throws ServletException, IOException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse httpResponse)) {
      throw new ServletException("only HTTP is answered here");
    }
    HTTPResponse answer = answerOrError(http);
    BoundedBody.discardRest(http);
    Responses.write(answer, http, httpResponse);
  }

  private HTTPResponse answerOrError(HttpServletRequest request) throws IOException {
    try {
      return handle(request);
    } catch (StoreUnavailableException e) {
      LOG.error("{} can't reach its store", getClass().getSimpleName(), e);
      return unavailable();
    } catch (ClientUnreachableException e) {
      // Any stranger can name such a client: nothing that an operator has to be called for.
      LOG.info("{}: {}", getClass().getSimpleName(), e.getMessage());
      return unavailable();
    } catch (RuntimeException e) {
      // Our own bug. Left to the container, it would become a page with a stack trace on it.
      LOG.error("{} failed", getClass().getSimpleName(), e);
      return failure(SC_SERVER_ERROR);
    }
  }

  private HTTPResponse unavailable() {
    HTTPResponse response = failure(SC_UNAVAILABLE);
    response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    return response;
  }

  /** Says that it is our own fault, and nothing of what it is. */
  protected HTTPResponse failure(int status) {
    return Responses.error(
        status == SC_UNAVAILABLE
            ? new ErrorObject(OAuth2Error.TEMPORARILY_UNAVAILABLE_CODE, "Come back later", status)
            : new ErrorObject(OAuth2Error.SERVER_ERROR_CODE, "Something broke here", status));
  }

  @Override
  public final void init(ServletConfig servletConfig) {
    this.config = servletConfig;
    start();
  }

  /** Called once before the first request. */
  protected void start() {}

  /** Called once after the last request. */
  protected void stop() {}

  @Override
  public final @Nullable ServletConfig getServletConfig() {
    return config;
  }

  @Override
  public final String getServletInfo() {
    return getClass().getSimpleName();
  }

  @Override
  public final void destroy() {
    stop();
  }
}
