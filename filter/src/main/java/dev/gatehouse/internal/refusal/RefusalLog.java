package dev.gatehouse.internal.refusal;

import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.McpCall;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs why a request was refused, for operators, with the token's hash prefix, never the token. */
public final class RefusalLog {

  /** The filter's logger, because operators look for refusals there. */
  private static final Logger log = LoggerFactory.getLogger("dev.gatehouse.McpAuthFilter");

  private RefusalLog() {}

  public static void write(Refusal refusal, IncomingRequest request) {
    Reason reason = refusal.reason();
    Level level = level(reason);
    if (!log.isEnabledForLevel(level)) {
      return; // saves hashing the token
    }
    McpCall call = refusal.mcp().call();
    log.atLevel(level)
        .log(
            "refused: reason={} status={} method={}{} token={} peer={}: {}",
            reason.code(),
            ErrorResponse.status(refusal),
            LogText.word(request.method()),
            call == null ? "" : describe(call, request),
            request.hashPrefix(),
            LogText.word(request.clientAddress()),
            LogText.line(request.withoutToken(refusal.detail())));
  }

  private static String describe(McpCall call, IncomingRequest request) {
    String name = call.name();
    return " call="
        + LogText.word(request.withoutToken(call.method()))
        + (name == null ? "" : " name=" + LogText.word(request.withoutToken(name)));
  }

  /** Refused callers are normal; an unavailable authorization server needs an operator. */
  private static Level level(Reason reason) {
    if (reason == Reason.AS_CREDENTIALS) {
      return Level.ERROR; // RFC 7662 §2.3: no token can be introspected until it is corrected
    }
    return ErrorResponse.to(reason) == ErrorResponse.UNAVAILABLE ? Level.WARN : Level.INFO;
  }
}
