package dev.gatehouse.internal.token;

import java.util.Locale;

/**
 * Why a request was refused. For operators: the codes appear in logs and metrics, never in a
 * response.
 */
public enum Reason {
  NO_CREDENTIALS,
  MALFORMED,
  INACTIVE,
  EXPIRED,
  NOT_YET_VALID,
  ISSUER,
  AUDIENCE,
  /** A refresh or ID token, or one that can't be told from these. */
  TOKEN_TYPE,
  /** Bound to a key ({@code cnf}), which a Bearer request does not prove. */
  BOUND_TOKEN,
  /** The authorization server will not look at such a token: 400 {@code unsupported_token_type}. */
  UNSUPPORTED_TOKEN,
  SCOPE,
  /** One peer has sent too many tokens that were bad. */
  TOO_MANY_BAD_TOKENS,
  ORIGIN,
  METHOD,
  /** The authorization server refuses our own credentials. */
  AS_CREDENTIALS,
  AS_TIMEOUT,
  AS_UNREACHABLE,
  /** The authorization server answered something that is no usable introspection answer. */
  AS_ANSWER,
  /** The introspection endpoint could not be discovered from the issuer. */
  AS_DISCOVERY,
  /** The authorization server asks for a pause: 429, or 503 with {@code Retry-After}. */
  AS_OVERLOADED,
  /** The authorization server was not asked: it has failed too often, or asked for a pause. */
  AS_NOT_ASKED,
  /** As many introspections as allowed were under way already. */
  BUSY,
  /** The waiting thread was interrupted: the application is going. */
  INTERRUPTED;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** As written in the log: {@code no_credentials}. */
  public String code() {
    return code;
  }
}
