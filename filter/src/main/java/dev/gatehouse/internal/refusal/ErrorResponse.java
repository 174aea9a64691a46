package dev.gatehouse.internal.refusal;

import static jakarta.servlet.http.HttpServletResponse.SC_BAD_REQUEST;
import static jakarta.servlet.http.HttpServletResponse.SC_FORBIDDEN;
import static jakarta.servlet.http.HttpServletResponse.SC_METHOD_NOT_ALLOWED;
import static jakarta.servlet.http.HttpServletResponse.SC_NOT_FOUND;
import static jakarta.servlet.http.HttpServletResponse.SC_OK;
import static jakarta.servlet.http.HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE;
import static jakarta.servlet.http.HttpServletResponse.SC_SERVICE_UNAVAILABLE;
import static jakarta.servlet.http.HttpServletResponse.SC_UNAUTHORIZED;
import static jakarta.servlet.http.HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;

/**
 * The error responses to refused requests: a status, a fixed error code and a fixed description.
 * The details of a refusal are only logged. {@link ErrorBody} writes the bodies.
 *
 * <p>Descriptions must not contain {@code scope=} or {@code error=}, because some clients search
 * the header with regular expressions.
 */
public enum ErrorResponse {
  /** RFC 6750 §3: no error code in the challenge when the request carried no credentials. */
  UNAUTHENTICATED(SC_UNAUTHORIZED, "unauthorized", "An access token is required"),
  INVALID_REQUEST(
      SC_BAD_REQUEST, "invalid_request", "The access token is not presented as RFC 6750 demands"),
  TOKEN_TOO_LONG(SC_BAD_REQUEST, "invalid_request", "The access token is too long"),
  INVALID_TOKEN(SC_UNAUTHORIZED, "invalid_token", "The access token is not valid here"),
  /** RFC 9449 §7.1. */
  INVALID_DPOP_PROOF(SC_UNAUTHORIZED, "invalid_dpop_proof", "The DPoP proof is not valid here"),
  /** RFC 9449 §9. */
  USE_DPOP_NONCE(SC_UNAUTHORIZED, "use_dpop_nonce", "The DPoP proof needs a nonce of this server"),
  INSUFFICIENT_SCOPE(SC_FORBIDDEN, "insufficient_scope", "The access token does not allow this"),
  /** RFC 9470 §3. */
  INSUFFICIENT_AUTHENTICATION(
      SC_UNAUTHORIZED,
      "insufficient_user_authentication",
      "A more recent or stronger login is required"),
  DENIED(SC_FORBIDDEN, "access_denied", "This call is not allowed here", JsonRpc.INVALID_REQUEST),
  SESSION_NOT_FOUND(
      SC_NOT_FOUND, "session_not_found", "Session not found", JsonRpc.SESSION_NOT_FOUND),
  UNREADABLE_MESSAGE(
      SC_BAD_REQUEST,
      "invalid_message",
      "The body is not a valid MCP message",
      JsonRpc.PARSE_ERROR),
  MESSAGE_TOO_LARGE(
      SC_REQUEST_ENTITY_TOO_LARGE, "too_large", "The body is too large", JsonRpc.INVALID_REQUEST),
  UNSUPPORTED_MEDIA_TYPE(
      SC_UNSUPPORTED_MEDIA_TYPE,
      "unsupported_media_type",
      "The body must be JSON without another charset or a content coding",
      JsonRpc.INVALID_REQUEST),
  HEADER_MISMATCH(
      SC_BAD_REQUEST,
      "header_mismatch",
      "The MCP headers and the body disagree",
      JsonRpc.HEADER_MISMATCH),
  UNSUPPORTED_VERSION(
      SC_BAD_REQUEST,
      "unsupported_version",
      "This protocol version is not supported",
      JsonRpc.UNSUPPORTED_VERSION),
  FOREIGN_ORIGIN(SC_FORBIDDEN, "origin_not_allowed", "This origin may not call this server"),
  NOT_FOUND(SC_NOT_FOUND, "not_found", "Nothing is here"),
  METHOD_NOT_ALLOWED(
      SC_METHOD_NOT_ALLOWED, "method_not_allowed", "This method is not allowed here"),
  TOO_MANY_REQUESTS(
      429, "too_many_requests", "Too many access tokens from here were not valid"), // RFC 6585 §4
  TOO_MANY_PROOFS(429, "too_many_requests", "Too many DPoP proofs of this key were used"),
  UNAVAILABLE(
      SC_SERVICE_UNAVAILABLE,
      "temporarily_unavailable",
      "Access tokens can not be checked right now");

  /** Codes of JSON-RPC 2.0 §5.1 and of MCP. */
  private static final class JsonRpc {
    static final int PARSE_ERROR = -32700;
    static final int INVALID_REQUEST = -32600;
    static final int SESSION_NOT_FOUND = -32001; // as in the TypeScript SDK
    static final int HEADER_MISMATCH = -32020; // MCP 2026-07-28, HeaderMismatchError
    static final int UNSUPPORTED_VERSION = -32022; // UnsupportedProtocolVersionError
  }

  private final int status;
  private final String error;
  private final String description;

  /** The code of a JSON-RPC error; 0 for an error of OAuth. */
  private final int jsonRpcCode;

  ErrorResponse(int status, String error, String description) {
    this(status, error, description, 0);
  }

  ErrorResponse(int status, String error, String description, int jsonRpcCode) {
    this.status = status;
    this.error = error;
    this.description = description;
    this.jsonRpcCode = jsonRpcCode;
  }

  /** Returns the response to a request that is refused for this reason. */
  public static ErrorResponse to(Reason reason) {
    return switch (reason) {
      case NO_CREDENTIALS -> UNAUTHENTICATED;
      case MALFORMED -> INVALID_REQUEST;
      case TOKEN_TOO_LONG -> TOKEN_TOO_LONG;
      case INACTIVE,
          EXPIRED,
          NOT_YET_VALID,
          ISSUER,
          CLIENT,
          AUDIENCE,
          TOKEN_TYPE,
          BOUND_TOKEN,
          UNBOUND_TOKEN,
          DPOP_REQUIRED,
          DPOP_KEY,
          CERTIFICATE,
          UNSUPPORTED_TOKEN,
          JWT,
          SIGNATURE,
          EVICTED,
          CONTRADICTION ->
          INVALID_TOKEN;
      case DPOP_PROOF, DPOP_REPLAY -> INVALID_DPOP_PROOF;
      case DPOP_NONCE -> USE_DPOP_NONCE;
      case DPOP_LIMIT -> TOO_MANY_PROOFS;
      case SCOPE -> INSUFFICIENT_SCOPE;
      case AUTHENTICATION -> INSUFFICIENT_AUTHENTICATION;
      case MCP_DENIED -> DENIED;
      case MCP_BODY -> UNREADABLE_MESSAGE;
      case MCP_BODY_SIZE -> MESSAGE_TOO_LARGE;
      case MCP_MEDIA_TYPE -> UNSUPPORTED_MEDIA_TYPE;
      case MCP_HEADERS -> HEADER_MISMATCH;
      case MCP_VERSION -> UNSUPPORTED_VERSION;
      case SESSION -> SESSION_NOT_FOUND;
      case TOO_MANY_BAD_TOKENS -> TOO_MANY_REQUESTS;
      case ORIGIN -> FOREIGN_ORIGIN;
      case METHOD -> METHOD_NOT_ALLOWED;
      case AS_CREDENTIALS,
          AS_TIMEOUT,
          AS_UNREACHABLE,
          AS_ANSWER,
          AS_DISCOVERY,
          AS_KEYS,
          AS_OVERLOADED,
          AS_NOT_ASKED,
          VERIFIER,
          BUSY,
          INTERRUPTED ->
          UNAVAILABLE;
    };
  }

  /** Returns the status of the response to this refusal. */
  public static int status(Refusal refusal) {
    return refusal.mcp().toolResult() ? SC_OK : to(refusal.reason()).status;
  }

  public int status() {
    return status;
  }

  /** The {@code error} member of the body and parameter of the challenge. */
  String error() {
    return error;
  }

  String description() {
    return description;
  }

  /** The code of the JSON-RPC error in the body; 0 if the body is an error of OAuth. */
  int jsonRpcCode() {
    return jsonRpcCode;
  }

  /** Whether the response has a {@code WWW-Authenticate} header. */
  boolean hasChallenge() {
    return switch (this) {
      case UNAUTHENTICATED,
          INVALID_REQUEST,
          TOKEN_TOO_LONG,
          INVALID_TOKEN,
          INVALID_DPOP_PROOF,
          USE_DPOP_NONCE,
          INSUFFICIENT_SCOPE,
          INSUFFICIENT_AUTHENTICATION ->
          true;
      case DENIED,
          SESSION_NOT_FOUND,
          UNREADABLE_MESSAGE,
          MESSAGE_TOO_LARGE,
          UNSUPPORTED_MEDIA_TYPE,
          HEADER_MISMATCH,
          UNSUPPORTED_VERSION,
          FOREIGN_ORIGIN,
          NOT_FOUND,
          METHOD_NOT_ALLOWED,
          TOO_MANY_REQUESTS,
          TOO_MANY_PROOFS,
          UNAVAILABLE ->
          false;
    };
  }
}
