package dev.gatehouse;

import dev.gatehouse.internal.mcp.BodyFilters;
import dev.gatehouse.internal.servlet.EventStreamResponse;
import dev.gatehouse.internal.servlet.ResponseLifetime;
import dev.gatehouse.internal.session.SessionBinding;
import dev.gatehouse.internal.session.SessionOwner;
import dev.gatehouse.internal.token.BearerToken;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * An admitted request: its caller, and what all its dispatches share.
 *
 * @param token with which it was admitted
 * @param call what the request calls
 * @param lifetime of the response
 * @param usesSession whether the request names a session
 */
record Admission(
    AuthInfo info,
    BearerToken token,
    CallRules.Call call,
    ResponseLifetime lifetime,
    SessionBinding sessions,
    boolean usesSession) {

  /** The response for the rest of the chain. */
  HttpServletResponse wrap(HttpServletRequest request, HttpServletResponse response) {
    if (AdmittedResponse.isWithin(response, this)) {
      return response; // a forward, or an async dispatch with the response that we gave
    }
    AdmittedResponse admitted = new AdmittedResponse(request, response, this);
    if (usesSession) {
      admitted.watched(); // a status alone may end the session
    }
    return admitted;
  }

  /** Wraps the container's response to watch its session, its stream and its body. */
  HttpServletResponse watch(HttpServletRequest request, HttpServletResponse response) {
    SessionOwner owner = new SessionOwner(token, info.result());
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
