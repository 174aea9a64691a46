/**
 * Responds to refused requests and logs them: fixed error responses, challenges (RFC 6750 §3), the
 * log and the audit log.
 *
 * <p>Must not depend on how a decision was made: its input is a {@code Refusal}.
 */
@NullMarked
package dev.gatehouse.internal.refusal;

import org.jspecify.annotations.NullMarked;
