package dev.gatehouse;

import dev.gatehouse.internal.token.Refusal;

/** The decision on a request. Whatever is not {@link Admitted} is refused. */
sealed interface Decision {

  /** The request has passed every check. */
  record Admitted(AuthInfo info) implements Decision {}

  /** The request has failed a check. */
  record Refused(Refusal refusal) implements Decision {}
}
