package dev.gatehouse;

import dev.gatehouse.internal.servlet.EventStreamResponse;
import dev.gatehouse.internal.servlet.FinishableResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** An admitted request that exposes its caller through the methods of the Servlet API. */
final class AuthenticatedRequest extends HttpServletRequestWrapper {

  private final Admission admission;
  private final McpAuthFilter admittedBy;

  /** The response that the rest of the chain gets. */
  private final HttpServletResponse response;

  /** What the servlet gets instead of the container's; null before it has started one. */
  private volatile @Nullable AsyncContext async;

  AuthenticatedRequest(
      HttpServletRequest request,
      HttpServletResponse response,
      Admission admission,
      McpAuthFilter admittedBy) {
    super(request);
    this.response = response;
    this.admission = admission;
    this.admittedBy = admittedBy;
  }

  Admission admission() {
    return admission;
  }

  /** Whether this very filter admitted the request: a container may run a filter twice. */
  @SuppressWarnings("ReferenceEquality") // instances, each with its own settings
  boolean isAdmittedBy(McpAuthFilter filter) {
    return admittedBy == filter;
  }

  @Override
  public @Nullable RequestDispatcher getRequestDispatcher(String path) {
    RequestDispatcher dispatcher = super.getRequestDispatcher(path);
    return dispatcher == null ? null : FinishableResponse.forwarding(dispatcher);
  }

  @Override
  public AsyncContext startAsync() {
    try {
      return started(super.startAsync(), this, response);
    } catch (IllegalStateException e) {
      admittedBy.reportIfAsyncUnsupported(this);
      throw e;
    }
  }

  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
    try {
      return started(super.startAsync(request, response), request, response);
    } catch (IllegalStateException e) {
      admittedBy.reportIfAsyncUnsupported(this);
      throw e;
    }
  }

  private AsyncContext started(
      AsyncContext started, ServletRequest givenRequest, ServletResponse given) {
    AsyncContext context =
        EventStreamResponse.asyncStarted(
            started, admission.lifetime(), response, givenRequest, given);
    async = context;
    return context;
  }

  @Override
  public AsyncContext getAsyncContext() {
    AsyncContext started = async;
    return started == null ? super.getAsyncContext() : started;
  }

  @Override
  public Principal getUserPrincipal() {
    return admission.info();
  }

  /** Null for a client that acts on its own behalf, and for an unknown user. */
  @Override
  public @Nullable String getRemoteUser() {
    AuthInfo info = admission.info();
    return info.caller() == AuthInfo.Caller.USER ? info.getName() : null;
  }

  @Override
  public boolean isUserInRole(String role) {
    return admission.info().hasScope(role);
  }

  @Override
  public String getAuthType() {
    return admission.token().scheme().text();
  }
}
