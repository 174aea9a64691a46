package dev.gatehouse;

import java.util.Locale;

/** Why a request was refused. For operators: these codes stand in the log and nowhere else. */
enum Reason {
  NO_CREDENTIALS(Answer.UNAUTHENTICATED),
  MALFORMED(Answer.INVALID_REQUEST),
  INACTIVE(Answer.INVALID_TOKEN),
  EXPIRED(Answer.INVALID_TOKEN),
  NOT_YET_VALID(Answer.INVALID_TOKEN),
  ISSUER(Answer.INVALID_TOKEN),
  AUDIENCE(Answer.INVALID_TOKEN),
  /** A refresh or ID token, or one that can't be told from these. */
  TOKEN_TYPE(Answer.INVALID_TOKEN),
  /** Bound to a key ({@code cnf}), which a Bearer request does not prove. */
  BOUND_TOKEN(Answer.INVALID_TOKEN),
  /** The authorization server will not look at such a token: 400 {@code unsupported_token_type}. */
  UNSUPPORTED_TOKEN(Answer.INVALID_TOKEN),
  SCOPE(Answer.INSUFFICIENT_SCOPE),
  /** One peer has sent too many tokens that were bad. */
  TOO_MANY_BAD_TOKENS(Answer.TOO_MANY_REQUESTS),
  ORIGIN(Answer.FOREIGN_ORIGIN),
  METHOD(Answer.METHOD_NOT_ALLOWED),
  /** The authorization server refuses our own credentials. */
  AS_CREDENTIALS(Answer.UNAVAILABLE),
  AS_TIMEOUT(Answer.UNAVAILABLE),
  AS_UNREACHABLE(Answer.UNAVAILABLE),
  /** The authorization server answered something that is no usable introspection answer. */
  AS_ANSWER(Answer.UNAVAILABLE),
  /** The introspection endpoint could not be discovered from the issuer. */
  AS_DISCOVERY(Answer.UNAVAILABLE),
  /** The authorization server asks for a pause: 429, or 503 with {@code Retry-After}. */
  AS_OVERLOADED(Answer.UNAVAILABLE),
  /** The authorization server was not asked: it has failed too often, or asked for a pause. */
  AS_NOT_ASKED(Answer.UNAVAILABLE),
  /** As many introspections as allowed were under way already. */
  BUSY(Answer.UNAVAILABLE),
  /** The waiting thread was interrupted: the application is going. */
  INTERRUPTED(Answer.UNAVAILABLE);

  private final Answer answer;
  private final String code = name().toLowerCase(Locale.ROOT);

  Reason(Answer answer) {
    this.answer = answer;
  }

  /** What the caller is told. */
  Answer answer() {
    return answer;
  }

  /** As written in the log: {@code no_credentials}. */
  String code() {
    return code;
  }
}
