package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.token.VerificationResult;
import org.jspecify.annotations.Nullable;

/**
 * The verification of one caller's token by one server. It runs on one thread: first {@link
 * #decideNow}, then {@link #send} if that has not decided. Other threads may call the other
 * methods.
 */
interface VerificationCall {

  /** Whether {@link #send} may be needed, which blocks the calling thread. */
  boolean mayBlock();

  /** Verifies the token as far as no one must be asked. Returns null if someone must be. */
  @Nullable VerificationResult decideNow();

  /** Verifies the token, and blocks meanwhile. Never throws for what a server or token contains. */
  VerificationResult send();

  /** Makes {@link #send} end soon. Does not block. */
  void cutShort();

  /** Whether the server has sent no response for so long that waiting has little use. */
  boolean isUnresponsive();

  /** Whether an active result has needed nobody's consent, so that the deny list must consent. */
  boolean isLocal();
}
