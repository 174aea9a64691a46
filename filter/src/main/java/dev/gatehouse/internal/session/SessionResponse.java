package dev.gatehouse.internal.session;

import dev.gatehouse.internal.servlet.FinishableResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds the session that a servlet issues before its id can reach the client, and unbinds one that
 * the servlet has ended: at its client's request (DELETE), or because it does not know it (404).
 */
final class SessionResponse extends FinishableResponse {

  private static final Logger log = LoggerFactory.getLogger(SessionResponse.class);

  private final SessionBinding binding;
  private final SessionOwner owner;

  /** The session of the request; null if it has none. */
  private final @Nullable String requested;

  private final boolean delete;

  SessionResponse(
      HttpServletRequest request,
      HttpServletResponse response,
      SessionBinding binding,
      SessionOwner owner) {
    super(response);
    this.binding = binding;
    this.owner = owner;
    this.requested = request.getHeader(SessionBinding.HEADER);
    this.delete = request.getMethod().equals("DELETE");
  }

  @Override
  public void setHeader(String name, @Nullable String value) {
    bindIfSession(name, value);
    super.setHeader(name, value);
  }

  @Override
  public void addHeader(String name, @Nullable String value) {
    bindIfSession(name, value);
    super.addHeader(name, value);
  }

  @Override
  public void setIntHeader(String name, int value) {
    bindIfSession(name, Integer.toString(value));
    super.setIntHeader(name, value);
  }

  @Override
  public void addIntHeader(String name, int value) {
    bindIfSession(name, Integer.toString(value));
    super.addIntHeader(name, value);
  }

  private void bindIfSession(@Nullable String name, @Nullable String value) {
    if (value != null
        && SessionBinding.HEADER.equalsIgnoreCase(name)
        && !binding.bind(value, owner)) {
      // A servlet that gives two callers one session would let each read the other's messages.
      log.error("session_conflict: the MCP server issues a session that is another caller's");
      throw new IllegalStateException("this session can not be issued");
    }
  }

  @Override
  public void finish(Runnable then) {
    int status = getStatus();
    if (requested != null && ((delete && status / 100 == 2) || status == SC_NOT_FOUND)) {
      binding.remove(requested, owner);
    }
    then.run();
  }
}
