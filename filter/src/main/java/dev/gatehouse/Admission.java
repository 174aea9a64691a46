package dev.gatehouse;

import dev.gatehouse.internal.mcp.BodyFilters;
import dev.gatehouse.internal.mcp.BodyReplay;
import dev.gatehouse.internal.mcp.McpBody;
import dev.gatehouse.internal.servlet.EventStreamResponse;
import dev.gatehouse.internal.servlet.ResponseLifetime;
import dev.gatehouse.internal.session.SessionBinding;
import dev.gatehouse.internal.session.SessionOwner;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.function.Function;

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
    McpBody body = call.body();
    if (body == null) {
      return request;
    }
    Optional<HttpServletRequest> resumed = BodyReplay.resume(request).map(Function.identity());
    return resumed.orElseGet(() -> BodyReplay.of(request, body));
  }
}
