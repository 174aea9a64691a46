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
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An endpoint that turns each request into a Nimbus message. It implements {@link Servlet} and not
 * {@code HttpServlet}, which responds to other methods with the container's error pages.
 */
public abstract class Endpoint implements Servlet {
  private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
  private static final int SC_UNAVAILABLE = 503;
  private static final int SC_SERVER_ERROR = 500;
  private static final String RETRY_AFTER_SECONDS = "5";

  private final BodyReceiver bodies;
  private ClientAddresses addresses = ClientAddresses.direct();
  private @Nullable ServletConfig config;

  /** Creates an endpoint with the usual deadline for bodies. */
  protected Endpoint() {
    this(BodyReceiver.DEADLINE);
  }

  /** Creates an endpoint with another deadline for bodies. */
  Endpoint(Duration bodyDeadline) {
    this.bodies = new BodyReceiver(bodyDeadline);
  }

  /** Returns the complete response, for every HTTP method. */
  protected abstract HTTPResponse handle(HttpServletRequest request) throws IOException;

  /**
   * Whether {@link #handle} reads the body of a POST request. A body that it does not read ends the
   * connection.
   */
  protected boolean readsBodies() {
    return false;
  }

  @Override
  public final void service(ServletRequest request, ServletResponse response)
      throws ServletException, IOException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse httpResponse)) {
      throw new ServletException("only HTTP is supported");
    }
    Optional<BoundedBody> body = BoundedBody.of(http);
    if (body.isEmpty()) {
      body = bodies.receive(http, response, readsBodies() && http.getMethod().equals("POST"));
      body.ifPresent(received -> received.attachTo(http));
    }
    if (body.isPresent()) {
      answer(http, httpResponse, body.get());
    }
  }

  private void answer(HttpServletRequest request, HttpServletResponse response, BoundedBody body)
      throws IOException {
    Optional<HTTPResponse> refusal = body.refusal();
    HTTPResponse answer = refusal.isPresent() ? refusal.get() : answerOrError(request);
    // RFC 9113 §8.2.2: HTTP/2 has no such header, and ends streams by itself.
    if (body.endsTheConnection() && request.getProtocol().startsWith("HTTP/1")) {
      response.setHeader("Connection", "close");
    }
    Responses.write(answer, request, response);
  }

  private HTTPResponse answerOrError(HttpServletRequest request) throws IOException {
    CallerAddress.set(addresses.of(request));
    try {
      return handle(request);
    } catch (StoreUnavailableException e) {
      LOG.error("{}: the store is unavailable", getClass().getSimpleName(), e);
      return unavailable();
    } catch (ClientUnreachableException e) {
      // Any caller can cause this, so it is not an error for the operator.
      LOG.info("{}: {}", getClass().getSimpleName(), e.getMessage());
      return unavailable();
    } catch (RuntimeException e) {
      // A bug. The container would respond with a page that shows the stack trace.
      LOG.error("{} failed", getClass().getSimpleName(), e);
      return failure(SC_SERVER_ERROR);
    } finally {
      CallerAddress.clear();
    }
  }

  private HTTPResponse unavailable() {
    HTTPResponse response = failure(SC_UNAVAILABLE);
    response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    return response;
  }

  /** The response to a failure of this server; gives no details. */
  protected HTTPResponse failure(int status) {
    return Responses.error(
        status == SC_UNAVAILABLE
            ? new ErrorObject(
                OAuth2Error.TEMPORARILY_UNAVAILABLE_CODE, "Temporarily unavailable", status)
            : new ErrorObject(OAuth2Error.SERVER_ERROR_CODE, "Internal server error", status));
  }

  @Override
  public final void init(ServletConfig servletConfig) {
    this.config = servletConfig;
    this.addresses = ClientAddresses.of(servletConfig);
    start();
  }

  /** Runs once, before the first request. */
  protected void start() {}

  /** Runs once, after the last request. */
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
