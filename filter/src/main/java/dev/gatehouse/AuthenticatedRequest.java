package dev.gatehouse;

import dev.gatehouse.internal.servlet.EventStreamResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** An admitted request that exposes its caller through the methods of the Servlet API. */
final class AuthenticatedRequest extends HttpServletRequestWrapper {

  private final AuthInfo info;
  private final McpAuthFilter admittedBy;

  /** The response that the rest of the chain gets. */
  private final HttpServletResponse response;

  AuthenticatedRequest(
      HttpServletRequest request,
      HttpServletResponse response,
      AuthInfo info,
      McpAuthFilter admittedBy) {
    super(request);
    this.response = response;
    this.info = info;
    this.admittedBy = admittedBy;
  }

  AuthInfo info() {
    return info;
  }

  /** Whether this very filter admitted the request: a container may run a filter twice. */
  @SuppressWarnings("ReferenceEquality") // instances, each with its own settings
  boolean isAdmittedBy(McpAuthFilter filter) {
    return admittedBy == filter;
  }

  @Override
  public AsyncContext startAsync() {
    try {
      AsyncContext async = super.startAsync();
      EventStreamResponse.asyncStarted(response);
      return async;
    } catch (IllegalStateException e) {
      admittedBy.reportIfAsyncUnsupported(this);
      throw e;
    }
  }

  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
    try {
      AsyncContext async = super.startAsync(request, response);
      EventStreamResponse.asyncStarted(this.response);
      return async;
    } catch (IllegalStateException e) {
      admittedBy.reportIfAsyncUnsupported(this);
      throw e;
    }
  }

  @Override
  public Principal getUserPrincipal() {
    return info;
  }

  /** Null for a client that acts on its own behalf, and for an unknown user. */
  @Override
  public @Nullable String getRemoteUser() {
    return info.caller() == AuthInfo.Caller.USER ? info.getName() : null;
  }

  @Override
  public boolean isUserInRole(String role) {
    return info.hasScope(role);
  }

  @Override
  public String getAuthType() {
    return "Bearer";
  }
}
