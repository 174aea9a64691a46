package dev.gatehouse;

import dev.gatehouse.internal.servlet.EventStreamResponse;
import dev.gatehouse.internal.servlet.ResponseLifetime;
import dev.gatehouse.internal.session.SessionBinding;
import dev.gatehouse.internal.session.SessionOwner;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * An admitted request: its caller, and what all its dispatches share.
 *
 * @param lifetime of the response
 * @param owner of the MCP session that the request begins or uses
 */
record Admission(
    AuthInfo info, ResponseLifetime lifetime, SessionBinding sessions, SessionOwner owner) {

  /** The response for the rest of the chain. */
  HttpServletResponse wrap(HttpServletRequest request, HttpServletResponse response) {
    return EventStreamResponse.wrap(request, sessions.wrap(request, response, owner), lifetime);
  }
}
