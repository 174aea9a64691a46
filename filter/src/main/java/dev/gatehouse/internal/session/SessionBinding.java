package dev.gatehouse.internal.session;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Enumeration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Binds each MCP session to the caller to whom it was issued: a session id is no credential (MCP,
 * security best practices). Reads headers only:
 *
 * <pre>
 * Mcp-Session-Id: 1868a90c-7b2e-4f6a-9a0d-3c5b1f8e2d47
 * </pre>
 *
 * <p>This class is thread-safe.
 */
public final class SessionBinding {

  static final String HEADER = "Mcp-Session-Id";

  /** Null if sessions are not bound. */
  private final @Nullable SessionOwners owners;

  /**
   * Creates the binding.
   *
   * @param owners null to bind no sessions
   */
  public SessionBinding(@Nullable SessionOwners owners) {
    this.owners = owners;
  }

  /** Whether a request, of any method and protocol version, names a session that may be bound. */
  public boolean isNamedIn(HttpServletRequest request) {
    return owners != null && request.getHeaders(HEADER).hasMoreElements();
  }

  /**
   * Checks the session of a request.
   *
   * @return the refusal; empty if the request has no session, or one of this caller
   */
  public Optional<Refusal> check(HttpServletRequest request, SessionOwner owner) {
    Enumeration<String> fieldLines = request.getHeaders(HEADER);
    if (owners == null || !fieldLines.hasMoreElements()) {
      return Optional.empty();
    }
    String id = fieldLines.nextElement();
    if (fieldLines.hasMoreElements()) {
      return refuse("the request names several sessions");
    }
    return isVisibleAscii(id) && owners.recordUse(key(id), owner.hash())
        ? Optional.empty()
        : refuse("the session is unknown, or another caller's");
  }

  private static Optional<Refusal> refuse(String detail) {
    return Optional.of(Refusal.because(Reason.SESSION, detail));
  }

  /** MCP 2025-03-26, transports: only characters from 0x21 to 0x7E. */
  private static boolean isVisibleAscii(String id) {
    return !id.isEmpty() && id.chars().allMatch(c -> c >= 0x21 && c <= 0x7E);
  }

  private static String key(String id) {
    return SessionOwner.hashed(id);
  }

  /**
   * Returns what keeps the session of a checked request in use as long as its stream is open; null
   * if the request has none.
   */
  public @Nullable Runnable use(HttpServletRequest request, SessionOwner owner) {
    SessionOwners store = owners;
    String id = request.getHeader(HEADER);
    return store == null || id == null ? null : () -> store.recordUse(key(id), owner.hash());
  }

  /** Wraps a response, so that the session that it begins or ends is bound or unbound. */
  public HttpServletResponse wrap(
      HttpServletRequest request, HttpServletResponse response, SessionOwner owner) {
    return owners == null || request.getDispatcherType() == DispatcherType.INCLUDE
        ? response
        : new SessionResponse(request, response, this, owner);
  }

  /** Whether the session is bound to the caller now. */
  boolean bind(String id, SessionOwner owner) {
    return owners == null || owners.bind(key(id), owner.hash());
  }

  void remove(String id, SessionOwner owner) {
    if (owners != null) {
      owners.remove(key(id), owner.hash());
    }
  }
}
