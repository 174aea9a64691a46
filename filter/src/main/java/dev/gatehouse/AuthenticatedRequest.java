package dev.gatehouse;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** A request that has passed, with the caller where the Servlet API has a place for one. */
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

  /** The user alone: a client that acts for itself is nobody's user. */
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
