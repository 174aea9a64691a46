package dev.gatehouse.internal.refusal;

import static jakarta.servlet.http.HttpServletResponse.SC_BAD_REQUEST;
import static jakarta.servlet.http.HttpServletResponse.SC_FORBIDDEN;
import static jakarta.servlet.http.HttpServletResponse.SC_METHOD_NOT_ALLOWED;
import static jakarta.servlet.http.HttpServletResponse.SC_NOT_FOUND;
import static jakarta.servlet.http.HttpServletResponse.SC_SERVICE_UNAVAILABLE;
import static jakarta.servlet.http.HttpServletResponse.SC_UNAUTHORIZED;

import dev.gatehouse.internal.token.Reason;

/**
 * The error responses to refused requests: a status, a fixed error code and a fixed description.
 * The details of a refusal are only logged.
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
  INSUFFICIENT_SCOPE(SC_FORBIDDEN, "insufficient_scope", "The access token does not allow this"),
  FOREIGN_ORIGIN(SC_FORBIDDEN, "origin_not_allowed", "This origin may not call this server"),
  NOT_FOUND(SC_NOT_FOUND, "not_found", "Nothing is here"),
  METHOD_NOT_ALLOWED(
      SC_METHOD_NOT_ALLOWED, "method_not_allowed", "This method is not allowed here"),
  TOO_MANY_REQUESTS(
      429, "too_many_requests", "Too many access tokens from here were not valid"), // RFC 6585 §4
  UNAVAILABLE(
      SC_SERVICE_UNAVAILABLE,
      "temporarily_unavailable",
      "Access tokens can not be checked right now");

  private final int status;
  private final String error;
  private final String description;
  private final String body;

  ErrorResponse(int status, String error, String description) {
    this.status = status;
    this.error = error;
    this.description = description;
    this.body = "{\"error\":\"" + error + "\",\"error_description\":\"" + description + "\"}";
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
          UNSUPPORTED_TOKEN ->
          INVALID_TOKEN;
      case SCOPE -> INSUFFICIENT_SCOPE;
      case TOO_MANY_BAD_TOKENS -> TOO_MANY_REQUESTS;
      case ORIGIN -> FOREIGN_ORIGIN;
      case METHOD -> METHOD_NOT_ALLOWED;
      case AS_CREDENTIALS,
          AS_TIMEOUT,
          AS_UNREACHABLE,
          AS_ANSWER,
          AS_DISCOVERY,
          AS_OVERLOADED,
          AS_NOT_ASKED,
          BUSY,
          INTERRUPTED ->
          UNAVAILABLE;
    };
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

  /** The JSON body, in ASCII. */
  String body() {
    return body;
  }

  /** Whether the response has a {@code WWW-Authenticate} header. */
  boolean hasChallenge() {
    return switch (this) {
      case UNAUTHENTICATED, INVALID_REQUEST, TOKEN_TOO_LONG, INVALID_TOKEN, INSUFFICIENT_SCOPE ->
          true;
      case FOREIGN_ORIGIN, NOT_FOUND, METHOD_NOT_ALLOWED, TOO_MANY_REQUESTS, UNAVAILABLE -> false;
    };
  }
}
