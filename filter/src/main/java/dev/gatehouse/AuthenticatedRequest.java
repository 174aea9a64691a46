package dev.gatehouse;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** An admitted request that exposes its caller through the methods of the Servlet API. */
final class AuthenticatedRequest extends HttpServletRequestWrapper {

  private final AuthInfo info;

  AuthenticatedRequest(HttpServletRequest request, AuthInfo info) {
    super(request);
    this.info = info;
  }

  @Override
  public Principal getUserPrincipal() {
    return info;
  }

  /** Null for a client that acts on its own behalf, because it is not a user. */
  @Override
  public @Nullable String getRemoteUser() {
    return info.userId().orElse(null);
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
