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
 * Asks one authorization server about a token: at its first introspection endpoint and, where that
 * one can't tell, at the next, all within one time limit. Safe for use by many threads.
 */
final class Introspector {

  private static final Logger log = LoggerFactory.getLogger(Introspector.class);

  private final TrustedServer server;
  private final ServerMetadata metadata;
  private final Endpoint tokenEndpoint;
  private final ClientCredentials credentials;
  private final List<EndpointCircuitBreaker> endpoints;
  private final BoundedHttpClient http;
  private final IntrospectionMonitor monitor;
  private final ServerHealth health;
  private final Responsiveness responsiveness;

  /**
   * Makes one.
   *
   * @param clock by which endpoints are left alone for a while
   */
  Introspector(
      TrustedServer server, Settings settings, BoundedHttpClient http, InstantSource clock) {
    this.server = server;
    this.http = http;
    this.monitor = new IntrospectionMonitor(server.name());
    this.metadata = new ServerMetadata(server.issuer(), http);
    this.tokenEndpoint = Endpoint.token(server, metadata, settings.allowInsecureHttp);
    this.credentials = server.credentials().create(tokenEndpoint, http);
    List<Endpoint> places = Endpoint.introspection(server, metadata, settings.allowInsecureHttp);
    this.endpoints =
        places.stream()
            .map(place -> new IntrospectionClient(server, place, credentials, http, clock))
            .map(
                endpoint ->
                    new EndpointCircuitBreaker(
                        endpoint,
                        settings.breakerWait,
                        settings.requestTimeout.dividedBy(places.size()),
                        clock))
            .toList();
    this.health = new ServerHealth(server.name(), endpoints, clock);
    this.responsiveness = new Responsiveness(clock);
  }

  TrustedServer server() {
    return server;
  }

  /** In the order in which they are asked. */
  List<EndpointCircuitBreaker> endpoints() {
    return endpoints;
  }

  IntrospectionMonitor monitor() {
    return monitor;
  }

  ServerHealth health() {
    return health;
  }

  /** Whether requests have had no response for so long that waiting has little use. */
  boolean isUnresponsive() {
    return responsiveness.isUnresponsive();
  }

  /** A member of the server's metadata; a missing node if there is none. */
  JsonNode metadataMember(String name) {
    return metadata.find(http.deadline()) instanceof ServerMetadata.Found found
        ? found.json().path(name)
        : MissingNode.getInstance();
  }

  /** Gets a token for ourselves, for the self-test. */
  OwnTokenProbe ownTokenProbe(String resource) {
    return new OwnTokenProbe(tokenEndpoint, credentials, URI.create(resource), http);
  }

  /** Asks. Never throws for anything that the authorization server does. */
  Verdict introspect(BearerToken token) {
    responsiveness.begin();
    try {
      Verdict verdict = monitor.measure(() -> askInTurn(token));
      responsiveness.record(verdict);
      health.note(verdict);
      return verdict;
    } finally {
      responsiveness.end();
    }
  }

  /** Asks about a token of our own, for its health alone; {@link ServerHealth} says when. */
  void probe() {
    health.probe(() -> askInTurn(BearerToken.random()));
  }

  private Verdict askInTurn(BearerToken token) {
    Deadline deadline = http.deadline();
    List<Verdict.Unavailable> failures = new ArrayList<>();
    for (EndpointCircuitBreaker endpoint : endpoints) {
      Verdict verdict = endpoint.ask(token, deadline.share(endpoints.size() - failures.size()));
      if (!(verdict instanceof Verdict.Unavailable failure)) {
        failures.forEach(
            before -> log.info("failed over: {} reason={}", endpoint, before.reason().code()));
        return verdict; // whatever it says of the token is final
      }
      failures.add(failure);
      if (failure.reason() == Reason.INTERRUPTED) {
        break;
      }
    }
    return Verdict.Unavailable.ofAll(failures);
  }
}
