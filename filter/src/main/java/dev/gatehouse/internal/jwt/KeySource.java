package dev.gatehouse.internal.jwt;

import dev.gatehouse.internal.token.Attempt;

/** Where the keys of an authorization server come from. Implementations are thread-safe. */
@FunctionalInterface
interface KeySource {

  /** Fetches the keys; may block. */
  Attempt<KeySet> fetch();

  /** Forgets what it has not found, so that the next use looks for it again. */
  default void forgetFailure() {}
}
