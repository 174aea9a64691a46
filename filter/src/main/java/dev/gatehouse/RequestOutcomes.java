package dev.gatehouse;

import dev.gatehouse.internal.observe.RequestCounters;
import dev.gatehouse.internal.refusal.AuditLog;
import dev.gatehouse.internal.refusal.RefusalLog;
import dev.gatehouse.internal.refusal.RefusalWriter;
import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.token.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Counts and logs the decision on each request, and responds to refused ones.
 *
 * @param refusals also responds to requests that other parts of the filter refuse
 */
record RequestOutcomes(RequestCounters requests, AuditLog audit, RefusalWriter refusals) {

  void admitted(AuthInfo info, IncomingRequest request) {
    requests.recordAdmitted();
    if (audit.writesAdmitted()) {
      audit.admitted(info.server(), info.tokenClaims(), null, request);
    }
  }

  void refused(Refusal refusal, IncomingRequest request, HttpServletResponse response)
      throws IOException {
    requests.recordRefused(refusal.reason());
    RefusalLog.write(refusal, request);
    audit.refused(refusal, request);
    refusals.write(refusal, response);
  }
}
