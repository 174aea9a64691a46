package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;

/** Introspects tokens at one endpoint. Implementations are thread-safe. */
interface TokenIntrospection {

  /**
   * Sends one introspection request and waits for its result.
   *
   * @return the result; never throws for anything that the authorization server does
   */
  VerificationResult introspect(BearerToken token, Deadline deadline);

  /** Forgets remembered failures of requests that precede an introspection, such as discovery. */
  default void forgetFailures() {}

  /** The name of the endpoint, for logs and meters. */
  @Override
  String toString();
}
