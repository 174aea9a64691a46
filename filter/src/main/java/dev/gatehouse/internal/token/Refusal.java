package dev.gatehouse.internal.token;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is refused, with the values for the response.
 *
 * @param detail for the log only, which makes it safe; never a token or a secret
 * @param needed what a challenge names; {@link Needed#NOTHING} if the reason has no such challenge
 * @param retryAfter the {@code Retry-After} of a 429 or 503; zero for none
 * @param mcp what is known about the refused MCP message
 * @param token for the log only: a token that is active but not admitted; null if the token is not
 *     known to be active
 */
public record Refusal(
    Reason reason,
    String detail,
    Needed needed,
    Duration retryAfter,
    Mcp mcp,
    VerificationResult.@Nullable Active token) {

  /**
   * What the call needs: the parameters of a challenge (RFC 6750 §3, RFC 9470 §3).
   *
   * @param scopes all scopes, in the order in which to name them; empty if the call needs none
   * @param acrValues the accepted authentication context classes, the preferred one first; empty if
   *     any will do
   * @param maxAge the longest time since the login; null if any will do
   */
  public record Needed(Set<String> scopes, List<String> acrValues, @Nullable Duration maxAge) {

    public static final Needed NOTHING = new Needed(Set.of(), List.of(), null);

    public static Needed scopes(Set<String> scopes) {
      return new Needed(scopes, List.of(), null);
    }
  }

  /**
   * What is known about the refused MCP message.
   *
   * @param requestId the {@code id} of the JSON-RPC request, as JSON text; null if it is not known
   *     or there is none
   * @param call what the message calls, for logs only; null if it is not known
   * @param toolResult whether the response is a tool's result instead of an HTTP challenge
   * @param version the protocol version that is not supported; null if that is not the reason
   */
  public record Mcp(
      @Nullable String requestId,
      @Nullable McpCall call,
      boolean toolResult,
      @Nullable String version) {

    static final Mcp UNKNOWN = new Mcp(null, null, false, null);
  }

  public static Refusal because(Reason reason, String detail) {
    return unavailable(reason, detail, Duration.ZERO);
  }

  public static Refusal missingScopes(Set<String> needed, String detail) {
    return because(Reason.SCOPE, detail).naming(Needed.scopes(needed));
  }

  public static Refusal unavailable(Reason reason, String detail, Duration retryAfter) {
    return new Refusal(reason, detail, Needed.NOTHING, retryAfter, Mcp.UNKNOWN, null);
  }

  /** The {@code id} of the JSON-RPC request, as JSON text; null if it is not known. */
  public @Nullable String requestId() {
    return mcp.requestId;
  }

  /** The same refusal, whose challenge names what the call needs. */
  public Refusal naming(Needed needed) {
    return new Refusal(reason, detail, needed, retryAfter, mcp, token);
  }

  /** The same refusal, of a token that is active. */
  public Refusal of(VerificationResult.Active refused) {
    return new Refusal(reason, detail, needed, retryAfter, mcp, refused);
  }

  /** The same refusal, of a JSON-RPC request. */
  public Refusal ofRequest(@Nullable String id) {
    return with(new Mcp(id, mcp.call, mcp.toolResult, mcp.version));
  }

  /** The same refusal, with what the message calls. */
  public Refusal ofCall(McpCall call) {
    return with(new Mcp(mcp.requestId, call, mcp.toolResult, mcp.version));
  }

  /** The same refusal, as the result of the called tool ({@code mcp-on-missing=tool-result}). */
  public Refusal asToolResult() {
    return with(new Mcp(mcp.requestId, mcp.call, true, mcp.version));
  }

  /** The same refusal, of a request with this unsupported protocol version. */
  public Refusal ofVersion(String version) {
    return with(new Mcp(mcp.requestId, mcp.call, mcp.toolResult, version));
  }

  private Refusal with(Mcp changed) {
    return new Refusal(reason, detail, needed, retryAfter, changed, token);
  }
}
