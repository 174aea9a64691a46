/**
 * Tells the caller, the log and the audit log that a request is refused: fixed error responses,
 * challenges (RFC 6750 §3), one log line.
 *
 * <p>Must not depend on how the decision came about: it gets a {@code Refusal}.
 */
@NullMarked
package dev.gatehouse.internal.refusal;

import org.jspecify.annotations.NullMarked;
