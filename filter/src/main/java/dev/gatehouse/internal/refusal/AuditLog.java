package dev.gatehouse.internal.refusal;

import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.token.Confirmation;
import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.McpCall;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs an event with key-value pairs for each refused request and, if configured, for each admitted
 * one. It is for machines; {@link RefusalLog} explains refusals to people. It logs the token's hash
 * prefix, never the token. This class is thread-safe.
 */
public final class AuditLog {

  private static final Logger log = LoggerFactory.getLogger("dev.gatehouse.audit");

  private final boolean logsAdmitted;

  /**
   * Creates the audit log of one filter.
   *
   * @param logsAdmitted whether to log admitted requests too; refused ones are always logged
   */
  public AuditLog(boolean logsAdmitted) {
    this.logsAdmitted = logsAdmitted;
  }

  public void refused(Refusal refusal, IncomingRequest request) {
    if (!log.isInfoEnabled()) {
      return; // saves hashing the token
    }
    Reason reason = refusal.reason();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("outcome", "refused");
    values.put("reason", reason.code());
    values.put("status", ErrorResponse.status(refusal));
    VerificationResult.Active token = refusal.token();
    if (token != null) {
      addCaller(values, token.server(), token.claims(), request);
    }
    addRequest(values, refusal.mcp().call(), request);
    write("request refused", values);
  }

  /** Whether {@link #admitted} writes events, so that callers can skip preparing them. */
  public boolean writesAdmitted() {
    return logsAdmitted && log.isInfoEnabled();
  }

  /**
   * Logs an admitted request, if configured.
   *
   * @param call what the request calls according to its body; null if the body was not read
   */
  public void admitted(
      TrustedServer server, TokenClaims claims, @Nullable McpCall call, IncomingRequest request) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("outcome", "admitted");
    values.put("reason", "none");
    addCaller(values, server, claims, request);
    Confirmation proved = claims.isBound() ? Confirmation.of(claims) : null;
    if (proved != null) {
      values.put("proof", proved.proofs());
    }
    addRequest(values, call, request);
    write("request admitted", values);
  }

  private static void addCaller(
      Map<String, Object> values,
      TrustedServer server,
      TokenClaims claims,
      IncomingRequest request) {
    if (server.oneOfSeveral()) {
      values.put("issuer", sanitize(String.valueOf(server.issuer()), request));
    }
    String client = claims.clientId();
    String user = claims.subject();
    if (client != null) {
      values.put("client", sanitize(client, request));
    }
    if (user != null) {
      values.put("user", sanitize(user, request));
    }
  }

  private static void addRequest(
      Map<String, Object> values, @Nullable McpCall call, IncomingRequest request) {
    values.put("method", sanitize(request.method(), request));
    if (call == null) {
      request.tool().ifPresent(tool -> values.put("tool", sanitize(tool, request)));
    } else {
      values.put("call", sanitize(call.method(), request));
      String name = call.name();
      if (name != null) {
        values.put(call.isOfTool() ? "tool" : "name", sanitize(name, request));
      }
    }
    values.put("peer", sanitize(request.clientAddress(), request));
    values.put("token", request.hashPrefix());
  }

  private static void write(String message, Map<String, Object> values) {
    LoggingEventBuilder line = log.atInfo();
    for (Map.Entry<String, Object> value : values.entrySet()) {
      line = line.addKeyValue(value.getKey(), value.getValue());
    }
    line.log(message);
  }

  private static String sanitize(String value, IncomingRequest request) {
    return LogText.word(request.withoutToken(value));
  }
}
