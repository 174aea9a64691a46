package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The introspection of one caller's token, which another thread can cut short. If an endpoint sends
 * no introspection response, the next one is tried, all within one time limit that begins when this
 * is created. This class is thread-safe, but is sent once.
 */
public final class IntrospectionCall {

  private static final Logger log = LoggerFactory.getLogger(IntrospectionCall.class);

  private final BearerToken token;
  private final Deadline deadline;
  private final ServerAvailability availability;
  private final IntrospectionMonitor monitor;

  /** The endpoint that is being tried, by this deadline. */
  private record Attempted(EndpointCircuitBreaker endpoint, Deadline deadline) {}

  private volatile @Nullable Attempted current;

  IntrospectionCall(
      BearerToken token,
      Deadline deadline,
      ServerAvailability availability,
      IntrospectionMonitor monitor) {
    this.token = token;
    this.deadline = deadline;
    this.availability = availability;
    this.monitor = monitor;
  }

  /** Introspects the token. Never throws for anything that the authorization server does. */
  public VerificationResult send() {
    try {
      return availability.track(() -> monitor.measure(this::introspectInOrder));
    } finally {
      current = null;
    }
  }

  private VerificationResult introspectInOrder() {
    List<EndpointCircuitBreaker> endpoints = availability.endpoints();
    List<VerificationResult.Unavailable> failures = new ArrayList<>();
    for (EndpointCircuitBreaker endpoint : endpoints) {
      Deadline share = deadline.share(endpoints.size() - failures.size());
      current = new Attempted(endpoint, share);
      VerificationResult result = endpoint.introspect(token, share);
      if (!(result instanceof VerificationResult.Unavailable failure)) {
        failures.forEach(
            earlier -> log.info("failed over: {} reason={}", endpoint, earlier.reason().code()));
        return result; // an introspection response is final
      }
      failures.add(failure);
      if (failure.reason() == Reason.INTERRUPTED) {
        break;
      }
    }
    return VerificationResult.Unavailable.combine(failures);
  }

  /**
   * Makes the endpoint that is being tried count as one that has not responded in time: the next
   * one is tried, if there is any. A probe begins at once, which shows whether the endpoint works
   * for other tokens. Does not block.
   */
  public void cutShort() {
    Attempted attempted = current;
    if (attempted != null) {
      attempted.deadline().cutShort();
      attempted.endpoint().requestProbe();
    }
  }
}
