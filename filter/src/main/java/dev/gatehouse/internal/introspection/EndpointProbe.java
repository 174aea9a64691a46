package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;

/**
 * Introspects a random token to find out whether an endpoint works whatever callers send: circuit
 * breaker, health and self-test use it, and nothing else makes up tokens. This class is
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
   * Sends the request and waits for its result, at most as long as the endpoint may take. Never
   * throws for anything that the authorization server does.
   */
  public VerificationResult send() {
    return endpoint.introspect(BearerToken.random(), Deadline.in(settings.timeLimit()));
  }
}
