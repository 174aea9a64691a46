package dev.gatehouse;

import dev.gatehouse.internal.token.Refusal;

/** Whether a request may pass. Everything that is not {@link Admitted} is refused. */
sealed interface Decision {

  /** Every check has passed. */
  record Admitted(AuthInfo info) implements Decision {}

  /** A check has failed. */
  record Refused(Refusal refusal) implements Decision {}
}
