package dev.gatehouse;

import dev.gatehouse.internal.mcp.BodyFilters;
import dev.gatehouse.internal.servlet.EventStreamResponse;
import dev.gatehouse.internal.servlet.ResponseLifetime;
import dev.gatehouse.internal.session.SessionBinding;
import dev.gatehouse.internal.session.SessionOwner;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * An admitted request: its caller, and what all its dispatches share.
 *
 * @param call what the request calls
 * @param lifetime of the response
 * @param owner of the MCP session that the request begins or uses
 */
record Admission(
    AuthInfo info,
    CallRules.Call call,
    ResponseLifetime lifetime,
    SessionBinding sessions,
    SessionOwner owner) {

  /** The response for the rest of the chain. */
  HttpServletResponse wrap(HttpServletRequest request, HttpServletResponse response) {
    if (EventStreamResponse.isWithin(response, lifetime)) {
      return response; // a forward
    }
    return BodyFilters.wrap(
        request,
        EventStreamResponse.wrap(request, sessions.wrap(request, response, owner), lifetime),
        call.requestId(),
        call.lists());
  }

  /** The request with the body that was read from it, in this dispatch or an earlier one. */
  HttpServletRequest withBody(HttpServletRequest request) {
    return call.withBody(request);
  }
}
