package dev.gatehouse.internal.refusal;

import dev.gatehouse.internal.token.Refusal;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Builds the JSON bodies of error responses: an error of OAuth (RFC 6749 §5.2), an error of
 * JSON-RPC, or the result of a tool. All but the id of the request is ASCII.
 */
final class ErrorBody {

  /** A caller's text longer than this is cut before it is repeated. */
  private static final int MAX_ECHO = 64;

  private ErrorBody() {}

  /**
   * Returns the body of a response with an error status.
   *
   * @param mcp what is known about the MCP message; null if the request was none
   * @param supportedVersions the protocol versions to name if another one is the reason
   */
  static String of(
      ErrorResponse error, Refusal.@Nullable Mcp mcp, Collection<String> supportedVersions) {
    if (error.jsonRpcCode() == 0) {
      return "{\"error\":"
          + quote(error.error())
          + ",\"error_description\":"
          + quote(error.description())
          + "}";
    }
    String version = mcp == null ? null : mcp.version();
    return "{\"jsonrpc\":\"2.0\",\"id\":"
        + (mcp == null ? null : mcp.requestId())
        + ",\"error\":{\"code\":"
        + error.jsonRpcCode()
        + ",\"message\":"
        + quote(error.description())
        + (version == null ? "" : ",\"data\":" + versions(version, supportedVersions))
        + "}}";
  }

  /** MCP 2026-07-28: the data of an UnsupportedProtocolVersionError. */
  private static String versions(String requested, Collection<String> supported) {
    String echoed =
        requested.length() > MAX_ECHO ? requested.substring(0, MAX_ECHO) + "..." : requested;
    return "{\"supported\":"
        + supported.stream().map(ErrorBody::quote).collect(Collectors.joining(",", "[", "]"))
        + ",\"requested\":"
        + quote(echoed)
        + "}";
  }

  /**
   * Returns a tool's result that holds a challenge. ChatGPT starts a login because of it; other
   * clients show the text. {@code resultType} is for MCP 2026-07-28, and unknown before.
   *
   * @param requestId the {@code id} of the request, as JSON text
   */
  static String toolResult(
      @Nullable String requestId,
      ErrorResponse error,
      String challenge,
      Collection<String> scopes) {
    String text =
        error.description()
            + ". Get a new token"
            + (scopes.isEmpty() ? "" : " with the scopes " + String.join(" ", scopes))
            + ", then call again.";
    return "{\"jsonrpc\":\"2.0\",\"id\":"
        + requestId
        + ",\"result\":{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\",\"text\":"
        + quote(text)
        + "}],\"isError\":true,\"_meta\":{\"mcp/www_authenticate\":["
        + quote(challenge)
        + "]}}}";
  }

  /** A JSON string in ASCII (RFC 8259 §7). */
  private static String quote(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7e) {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
