package dev.gatehouse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Introspects tokens at one authorization server: at its first introspection endpoint and, while an
 * endpoint gives no introspection response, at the next, all within one time limit. This class is
 * thread-safe.
 */
final class Introspector {

  private static final Logger log = LoggerFactory.getLogger(Introspector.class);

  private final TrustedServer server;
  private final ServerMetadata metadata;
  private final Endpoint tokenEndpoint;
  private final ClientCredentials credentials;
  private final BoundedHttpClient http;
  private final IntrospectionMonitor monitor;
  private final ServerAvailability availability;

  /**
   * For one server.
   *
   * @param breaker settings, with the time limit of a whole introspection; endpoints share it
   * @param clock for the waits of the circuit breakers
   */
  Introspector(
      ServerConnection connection,
      boolean insecureHttpAllowed,
      CircuitBreakerSettings breaker,
      BoundedHttpClient http,
      ProbeExecutor probes,
      InstantSource clock) {
    this.server = connection.server();
    this.http = http;
    this.monitor = new IntrospectionMonitor(server.name());
    this.metadata = new ServerMetadata(server.issuer(), http);
    this.tokenEndpoint = Endpoint.token(connection.tokenEndpoint(), metadata, insecureHttpAllowed);
    this.credentials = connection.authentication().create(tokenEndpoint, http);
    List<TokenIntrospection> endpoints =
        Endpoint.introspection(connection.introspectionEndpoints(), metadata, insecureHttpAllowed)
            .stream()
            .<TokenIntrospection>map(
                endpoint -> new IntrospectionClient(server, endpoint, credentials, http, clock))
            .toList();
    this.availability =
        new ServerAvailability(endpoints, breaker.sharedBy(endpoints.size()), probes, clock);
  }

  TrustedServer server() {
    return server;
  }

  IntrospectionMonitor monitor() {
    return monitor;
  }

  ServerAvailability availability() {
    return availability;
  }

  /** Whether requests have had no response for so long that waiting has little use. */
  boolean isUnresponsive() {
    return availability.isUnresponsive();
  }

  /** A member of the server's metadata; a missing node if there is none. */
  JsonNode metadataMember(String name) {
    return metadata.find(http.deadline()) instanceof Attempt.Succeeded<JsonNode> found
        ? found.value().path(name)
        : MissingNode.getInstance();
  }

  /** Gets a token for ourselves, for the self-test. */
  OwnTokenProbe ownTokenProbe(String resource) {
    return new OwnTokenProbe(tokenEndpoint, credentials, URI.create(resource), http);
  }

  /** Introspects a caller's token. Never throws for anything that the authorization server does. */
  Verdict introspect(BearerToken token) {
    return availability.track(() -> monitor.measure(() -> introspectInOrder(token)));
  }

  private Verdict introspectInOrder(BearerToken token) {
    Deadline deadline = http.deadline();
    List<EndpointCircuitBreaker> endpoints = availability.endpoints();
    List<Verdict.Unavailable> failures = new ArrayList<>();
    for (EndpointCircuitBreaker endpoint : endpoints) {
      Deadline share = deadline.share(endpoints.size() - failures.size());
      Verdict verdict = endpoint.introspect(token, share);
      if (!(verdict instanceof Verdict.Unavailable failure)) {
        failures.forEach(
            before -> log.info("failed over: {} reason={}", endpoint, before.reason().code()));
        return verdict; // an introspection response is final
      }
      failures.add(failure);
      if (failure.reason() == Reason.INTERRUPTED) {
        break;
      }
    }
    return Verdict.Unavailable.ofAll(failures);
  }
}
