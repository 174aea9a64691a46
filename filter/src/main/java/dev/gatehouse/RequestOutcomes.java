package dev.gatehouse;

import dev.gatehouse.internal.mcp.McpBody;
import dev.gatehouse.internal.mcp.McpPolicy;
import dev.gatehouse.internal.observe.RequestCounters;
import dev.gatehouse.internal.refusal.AuditLog;
import dev.gatehouse.internal.refusal.RefusalLog;
import dev.gatehouse.internal.refusal.RefusalWriter;
import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.token.McpCall;
import dev.gatehouse.internal.token.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Counts and logs the decision on each request, and responds to refused ones.
 *
 * @param refusals also responds to requests that other parts of the filter refuse
 */
record RequestOutcomes(RequestCounters requests, AuditLog audit, RefusalWriter refusals) {

  /**
   * An admitted request.
   *
   * @param body null if it has not been read
   */
  void admitted(AuthInfo info, @Nullable McpBody body, IncomingRequest request) {
    requests.recordAdmitted();
    if (audit.writesAdmitted()) {
      McpCall call = body == null ? null : McpPolicy.describe(body);
      audit.admitted(info.server(), info.tokenClaims(), call, request);
    }
  }

  void refused(Refusal refusal, IncomingRequest request, HttpServletResponse response)
      throws IOException {
    requests.recordRefused(refusal.reason());
    RefusalLog.write(refusal, request);
    audit.refused(refusal, request);
    refusals.write(refusal, request.credentials().scheme(), response);
  }
}
