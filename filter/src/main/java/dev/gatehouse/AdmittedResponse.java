package dev.gatehouse;

import dev.gatehouse.internal.servlet.FinishableResponse;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * The response that the rest of the chain gets. The wrappers that watch its session, its stream and
 * its body are put around the container's response by the first method that any of them overrides:
 * until then they have nothing to do, so a request that needs none of them does not pay for them.
 */
final class AdmittedResponse extends HttpServletResponseWrapper {

  private final Admission admission;

  /** Null when the wrappers are there. */
  private volatile @Nullable HttpServletRequest request;

  AdmittedResponse(HttpServletRequest request, HttpServletResponse response, Admission admission) {
    super(response);
    this.request = request;
    this.admission = admission;
  }

  /** Whether a response is that of an admission, perhaps inside wrappers. */
  @SuppressWarnings("ReferenceEquality") // one object for each request
  static boolean isWithin(ServletResponse response, Admission admission) {
    ServletResponse inner = response;
    while (inner instanceof ServletResponseWrapper wrapper) {
      if (inner instanceof AdmittedResponse admitted && admitted.admission == admission) {
        return true;
      }
      inner = FinishableResponse.inside(wrapper);
    }
    return false;
  }

  /** The response inside, with its wrappers. */
  HttpServletResponse watched() {
    if (request != null) {
      watch();
    }
    return (HttpServletResponse) getResponse();
  }

  private synchronized void watch() {
    HttpServletRequest unwatched = request;
    if (unwatched != null) {
      setResponse(admission.watch(unwatched, (HttpServletResponse) getResponse()));
      request = null;
    }
  }

  @Override
  public void setHeader(String name, @Nullable String value) {
    watched().setHeader(name, value);
  }

  @Override
  public void addHeader(String name, @Nullable String value) {
    watched().addHeader(name, value);
  }

  @Override
  public void setIntHeader(String name, int value) {
    watched().setIntHeader(name, value);
  }

  @Override
  public void addIntHeader(String name, int value) {
    watched().addIntHeader(name, value);
  }

  @Override
  public void setContentLength(int length) {
    watched().setContentLength(length);
  }

  @Override
  public void setContentLengthLong(long length) {
    watched().setContentLengthLong(length);
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    return watched().getWriter();
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    return watched().getOutputStream();
  }

  @Override
  public void flushBuffer() throws IOException {
    watched().flushBuffer();
  }

  @Override
  public void reset() {
    watched().reset();
  }

  @Override
  public void resetBuffer() {
    watched().resetBuffer();
  }

  @Override
  public void sendError(int status) throws IOException {
    watched().sendError(status);
  }

  @Override
  public void sendError(int status, @Nullable String message) throws IOException {
    watched().sendError(status, message);
  }

  @Override
  public void sendRedirect(String location) throws IOException {
    watched().sendRedirect(location);
  }

  @Override
  public void sendRedirect(String location, int status) throws IOException {
    watched().sendRedirect(location, status);
  }

  @Override
  public void sendRedirect(String location, boolean clearBuffer) throws IOException {
    watched().sendRedirect(location, clearBuffer);
  }

  @Override
  public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
    watched().sendRedirect(location, status, clearBuffer);
  }
}
