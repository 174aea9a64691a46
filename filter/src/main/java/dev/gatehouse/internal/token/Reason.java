package dev.gatehouse.internal.token;

import java.util.Locale;

/**
 * Why a request was refused. For operators: the codes appear in logs and metrics, never in a
 * response.
 */
public enum Reason {
  NO_CREDENTIALS,
  MALFORMED,
  TOKEN_TOO_LONG,
  INACTIVE,
  EXPIRED,
  NOT_YET_VALID,
  ISSUER,
  /** The authorization server may not issue tokens to this client. */
  CLIENT,
  AUDIENCE,
  /** A refresh token or ID token, or a token that may be one. */
  TOKEN_TYPE,
  /** Bound to a key ({@code cnf}), whose possession the request does not prove. */
  BOUND_TOKEN,
  /** Not bound, although the request's scheme or the settings demand it. */
  UNBOUND_TOKEN,
  /** Sent as Bearer, and {@code dpop} is {@code required}. */
  DPOP_REQUIRED,
  /** The DPoP proof is missing or invalid (RFC 9449 §4.3). */
  DPOP_PROOF,
  /** The DPoP proof is another key's than the token. */
  DPOP_KEY,
  /** The DPoP proof was used before. */
  DPOP_REPLAY,
  /** The DPoP proof has no nonce of ours, or an old one (RFC 9449 §9). */
  DPOP_NONCE,
  /** So many proofs of this key were used that no further one can be remembered. */
  DPOP_LIMIT,
  /** The client certificate is missing, or is not the one to which the token is bound. */
  CERTIFICATE,
  /** The authorization server rejects such tokens: 400 {@code unsupported_token_type}. */
  UNSUPPORTED_TOKEN,
  /** The token is no JWT as RFC 7515 and RFC 8725 demand it. */
  JWT,
  /** The JWT is not signed by a key of its authorization server. */
  SIGNATURE,
  /** The token, its user or its client was evicted, and nobody else can tell that it is revoked. */
  EVICTED,
  /** The JWT and the introspection response state different claims. */
  CONTRADICTION,
  SCOPE,
  /** The authentication is too weak or too old for this call (RFC 9470). */
  AUTHENTICATION,
  /** No rule names the call, and {@code mcp-default} is {@code deny}. */
  MCP_DENIED,
  /** The body is no valid MCP message, or one that parsers may interpret differently. */
  MCP_BODY,
  MCP_BODY_SIZE,
  /** The body is not JSON in UTF-8, according to its headers. */
  MCP_MEDIA_TYPE,
  /** The MCP headers and the body contradict each other, or a required header is missing. */
  MCP_HEADERS,
  /** The {@code MCP-Protocol-Version} is not supported. */
  MCP_VERSION,
  /** The MCP session is unknown, or another caller's. */
  SESSION,
  /** Too many bad tokens came from one client address. */
  TOO_MANY_BAD_TOKENS,
  ORIGIN,
  METHOD,
  /** The authorization server refuses our own credentials. */
  AS_CREDENTIALS,
  AS_TIMEOUT,
  AS_UNREACHABLE,
  /** The authorization server sent no usable introspection response. */
  AS_ANSWER,
  /** The endpoint could not be discovered. */
  AS_DISCOVERY,
  /** The authorization server's keys are unusable. */
  AS_KEYS,
  /** The authorization server requests a pause: 429, or 503 with {@code Retry-After}. */
  AS_OVERLOADED,
  /** No introspection request was sent, because the circuit breaker is open. */
  AS_NOT_ASKED,
  /** A custom verifier has failed, was too slow, or says that it is unavailable. */
  VERIFIER,
  /** The limit of concurrent introspections was reached. */
  BUSY,
  /** The waiting thread was interrupted, usually because the application stops. */
  INTERRUPTED;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** The code for logs and metrics: {@code no_credentials}. */
  public String code() {
    return code;
  }
}
