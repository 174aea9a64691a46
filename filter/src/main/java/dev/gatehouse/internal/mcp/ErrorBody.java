package dev.gatehouse.internal.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.syntax.StrictJson;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the bodies of error responses that tell callers about the server's code. The MCP Java
 * SDK 2.1.0 writes its exception there, with the stack trace:
 *
 * <pre>{@code
 * {"cause":null,"stackTrace":[…],"jsonRpcError":{"code":-32600,"message":"Invalid message format: …"}}
 * }</pre>
 */
final class ErrorBody {

  private static final int INVALID_REQUEST = -32600;

  private ErrorBody() {}

  /**
   * The JSON to send instead of a body.
   *
   * @param bytes begin with the body
   * @param length the number of bytes of the body
   * @param status at least 400
   * @param id of the request, as JSON text; null if unknown
   * @return null if the body may be sent as it is
   */
  static @Nullable String cleaned(byte[] bytes, int length, int status, @Nullable String id) {
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    if (text.isBlank()) {
      return null;
    }
    JsonNode json;
    try {
      json = StrictJson.parse(text);
    } catch (JsonProcessingException e) {
      return ErrorText.leaks(text) ? generic(status, id) : null;
    }
    JsonNode sdkError = json.path("jsonRpcError");
    if (sdkError.isObject()) {
      return fromSdk(sdkError, status, id);
    }
    if (json.path("error").isObject() && json.has("jsonrpc")) {
      String cleaned = ErrorText.cleaned(json.get("error"));
      JsonNode own = json.path("id");
      String usedId = own.isValueNode() && !own.isNull() ? own.toString() : id;
      if (cleaned != null) {
        return ErrorText.response(usedId, cleaned);
      }
    }
    return mayLeak(json) ? generic(status, id) : null;
  }

  /** Whether there is a result, too, whose lists have not been filtered. */
  private static boolean mayLeak(JsonNode json) {
    if (json.isArray()) {
      for (JsonNode member : json) {
        if (mayLeak(member)) {
          return true;
        }
      }
    }
    if (json.has("result")) {
      return true;
    }
    if (json.isObject() && json.path("error").isObject()) {
      return ErrorText.cleaned(json.get("error")) != null || leaksBesides(json);
    }
    return ErrorText.leaks(json);
  }

  private static boolean leaksBesides(JsonNode json) {
    return json.properties().stream()
        .anyMatch(
            member ->
                ErrorText.isExceptionMember(member.getKey())
                    || (!member.getKey().equals("error") && ErrorText.leaks(member.getValue())));
  }

  private static String fromSdk(JsonNode error, int status, @Nullable String id) {
    String message = withoutCause(error.path("message").asText(""));
    String whole =
        ErrorText.json(
            error.path("code").asInt(code(status)),
            message.isBlank() ? message(status) : message,
            error.path("data").isMissingNode() || error.path("data").isNull()
                ? null
                : error.get("data"));
    String cleaned = ErrorText.cleaned(whole);
    return ErrorText.response(id, cleaned == null ? whole : cleaned);
  }

  /** Removes what the SDK appends after a colon: an exception's message, or a session id. */
  private static String withoutCause(String message) {
    int colon = message.indexOf(": ");
    return colon < 0 || message.startsWith("Unsupported ") ? message : message.substring(0, colon);
  }

  /** A JSON-RPC error that tells no more than the status does. */
  static String generic(int status, @Nullable String id) {
    return ErrorText.response(id, code(status), message(status));
  }

  /** A JSON-RPC error with this message, unless it tells about the server's code. */
  static String withMessage(int status, @Nullable String message, @Nullable String id) {
    return message == null
            || message.isBlank()
            || message.length() > 200
            || ErrorText.leaks(message)
        ? generic(status, id)
        : ErrorText.response(id, code(status), message);
  }

  private static int code(int status) {
    return status < 500 ? INVALID_REQUEST : ErrorText.INTERNAL_ERROR;
  }

  private static String message(int status) {
    return switch (status) {
      case 400 -> "Invalid request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not found";
      case 405 -> "Method not allowed";
      case 406 -> "Not acceptable";
      case 408 -> "Request timeout";
      case 409 -> "Conflict";
      case 413 -> "Request too large";
      case 415 -> "Unsupported media type";
      case 429 -> "Too many requests";
      case 501 -> "Not implemented";
      case 503 -> "Service unavailable";
      default -> status < 500 ? "Request refused" : "Internal error";
    };
  }
}
