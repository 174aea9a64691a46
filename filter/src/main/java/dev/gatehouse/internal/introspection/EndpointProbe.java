package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;

/**
 * Introspects a random token, which shows whether an endpoint works independently of callers'
 * tokens. The circuit breaker, health and the self-test all use this probe. This class is
 * thread-safe.
 */
final class EndpointProbe {

  private final TokenIntrospection endpoint;
  private final CircuitBreakerSettings settings;

  EndpointProbe(TokenIntrospection endpoint, CircuitBreakerSettings settings) {
    this.endpoint = endpoint;
    this.settings = settings;
  }

  /**
   * Sends the request and waits for its result, up to the time limit of the endpoint. Never throws
   * for anything that the authorization server does. What failed for a caller is tried anew: a
   * remembered failure says nothing about the endpoint now.
   */
  public VerificationResult send() {
    endpoint.forgetFailures();
    return endpoint.introspect(BearerToken.random(), Deadline.in(settings.timeLimit()));
  }
}
