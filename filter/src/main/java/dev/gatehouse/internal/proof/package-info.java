/**
 * Proof of possession: DPoP (RFC 9449) and certificate-bound tokens (RFC 8705). {@code
 * PossessionCheck} is the step of a request; it follows the verification of the token, so only
 * those who hold an active token can cause a signature check, and bad proofs need no limit of their
 * own.
 *
 * <p>Must not depend on how a token was verified: its input are the token's claims.
 */
@NullMarked
package dev.gatehouse.internal.proof;

import org.jspecify.annotations.NullMarked;
