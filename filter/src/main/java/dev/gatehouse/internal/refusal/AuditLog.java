package dev.gatehouse.internal.refusal;

import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.TokenClaims;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line of keys and values for each refused request and, if wanted, for each that is let in. For
 * machines; {@link RefusalLog} tells people why. Never the token, only its hash prefix.
 */
public final class AuditLog {

  private static final Logger log = LoggerFactory.getLogger("dev.gatehouse.audit");

  /** Whatever could end a value, or a line, and begin another in some layout. */
  private static final Pattern UNFIT = Pattern.compile("[\\p{C}\\p{Z}\"'\\\\]");

  private static final int LONGEST = 128;

  private final boolean logsAdmitted;

  /**
   * Creates the audit log of one filter.
   *
   * @param logsAdmitted whether admitted requests are logged, as refused ones always are
   */
  public AuditLog(boolean logsAdmitted) {
    this.logsAdmitted = logsAdmitted;
  }

  public void refused(Refusal refusal, IncomingRequest request) {
    if (!log.isInfoEnabled()) {
      return; // before anything is hashed or put together
    }
    Reason reason = refusal.reason();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("outcome", "refused");
    values.put("reason", reason.code());
    values.put("status", ErrorResponse.to(reason).status());
    TokenClaims claims = refusal.claims();
    if (claims != null) {
      addCaller(values, claims.clientId(), claims.subject(), request);
    }
    addRequest(values, request);
    write("request refused", values);
  }

  /** Whether {@link #admitted} would write anything. */
  public boolean writesAdmitted() {
    return logsAdmitted && log.isInfoEnabled();
  }

  public void admitted(
      @Nullable String clientId, @Nullable String userId, IncomingRequest request) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("outcome", "admitted");
    values.put("reason", "none");
    addCaller(values, clientId, userId, request);
    addRequest(values, request);
    write("request admitted", values);
  }

  private static void addCaller(
      Map<String, Object> values,
      @Nullable String client,
      @Nullable String user,
      IncomingRequest request) {
    if (client != null) {
      values.put("client", fit(client, request));
    }
    if (user != null) {
      values.put("user", fit(user, request));
    }
  }

  private static void addRequest(Map<String, Object> values, IncomingRequest request) {
    values.put("method", fit(request.method(), request));
    request.tool().ifPresent(tool -> values.put("tool", fit(tool, request)));
    values.put("peer", fit(request.clientAddress(), request));
    values.put("token", request.hashPrefix());
  }

  private static void write(String message, Map<String, Object> values) {
    LoggingEventBuilder line = log.atInfo();
    for (Map.Entry<String, Object> value : values.entrySet()) {
      line = line.addKeyValue(value.getKey(), value.getValue());
    }
    line.log(message);
  }

  private static String fit(String value, IncomingRequest request) {
    String fit = UNFIT.matcher(request.withoutToken(value)).replaceAll("?");
    return fit.length() <= LONGEST ? fit : fit.substring(0, LONGEST - 1) + "…";
  }
}
