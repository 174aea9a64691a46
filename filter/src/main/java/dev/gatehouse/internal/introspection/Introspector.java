package dev.gatehouse.internal.introspection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.gatehouse.internal.clientauth.ClientAuthentication;
import dev.gatehouse.internal.clientauth.TestTokenRequest;
import dev.gatehouse.internal.discovery.DiscoverableEndpoint;
import dev.gatehouse.internal.discovery.ServerMetadata;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.jwt.IntrospectionJwtVerifier;
import dev.gatehouse.internal.jwt.ServerKeys;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Introspects tokens at one authorization server. This class is thread-safe. */
public final class Introspector {

  private final TrustedServer server;
  private final ServerMetadata metadata;
  private final DiscoverableEndpoint tokenEndpoint;
  private final ServerKeys keys;
  private final ResponseFormat format;
  private final ClientAuthentication credentials;
  private final BoundedHttpClient http;
  private final IntrospectionMonitor monitor;
  private final ServerAvailability availability;

  /**
   * Creates an introspector for one server.
   *
   * @param breaker with the time limit of a whole introspection, which the endpoints share
   * @param clock never set back
   * @param clockSkew by how much the server's clock may differ from the time of day
   */
  public Introspector(
      ServerConnection connection,
      boolean insecureHttpAllowed,
      CircuitBreakerSettings breaker,
      BoundedHttpClient http,
      ProbeExecutor probes,
      InstantSource clock,
      Duration clockSkew,
      InstantSource timeOfDay) {
    this.server = connection.server();
    this.http = http;
    this.monitor = new IntrospectionMonitor(server.name());
    this.metadata = new ServerMetadata(server.issuer(), http, clock);
    this.tokenEndpoint =
        DiscoverableEndpoint.token(connection.tokenEndpoint(), metadata, insecureHttpAllowed);
    this.keys =
        new ServerKeys(
            server.name(),
            DiscoverableEndpoint.jwks(connection.jwt().jwksUri(), metadata, insecureHttpAllowed),
            connection.jwt().algorithms(),
            http,
            probes::start,
            clock);
    this.format =
        new ResponseFormat(
            server,
            connection.maxResponse(),
            connection.jwt().scopeClaims(),
            signed(connection, keys, clockSkew, timeOfDay));
    this.credentials = connection.authentication().create(tokenEndpoint, http, clock);
    List<TokenIntrospection> endpoints =
        DiscoverableEndpoint.introspection(
                connection.introspectionEndpoints(), metadata, insecureHttpAllowed)
            .stream()
            .<TokenIntrospection>map(
                endpoint ->
                    new IntrospectionClient(
                        server, endpoint, credentials, connection.additions(), format, http, clock))
            .toList();
    this.availability =
        new ServerAvailability(endpoints, breaker.sharedBy(endpoints.size()), probes, clock);
  }

  public TrustedServer server() {
    return server;
  }

  public IntrospectionMonitor monitor() {
    return monitor;
  }

  public ServerAvailability availability() {
    return availability;
  }

  /** Whether the server has sent no response for so long that waiting has little use. */
  public boolean isUnresponsive() {
    return availability.isUnresponsive();
  }

  /**
   * Whether the server has just responded well to a random token; if that is unknown, a probe in
   * the background finds out.
   */
  public boolean answersProbes() {
    return availability.answersProbes();
  }

  /** A member of the server's metadata; a missing node if there is none. */
  public JsonNode metadataMember(String name) {
    return metadata.resolve(http.deadline()) instanceof Attempt.Succeeded<JsonNode> found
        ? found.value().path(name)
        : MissingNode.getInstance();
  }

  private static @Nullable IntrospectionJwtVerifier signed(
      ServerConnection connection, ServerKeys keys, Duration clockSkew, InstantSource timeOfDay) {
    String audience = connection.signedFor();
    String issuer = connection.server().issuer();
    return audience == null || issuer == null
        ? null
        : new IntrospectionJwtVerifier(
            issuer, audience, connection.jwt().algorithms(), keys, clockSkew, timeOfDay);
  }

  /** The server's keys, with which its JWTs are verified; fetched when first needed. */
  public ServerKeys keys() {
    return keys;
  }

  /** Whether responses must be signed, so that without keys none is of use. */
  public boolean requiresSignedResponses() {
    return format.requiresSignature();
  }

  /** Fetches the keys unless they are known, for the self-test. */
  public Attempt<ServerKeys.State> resolveKeys() {
    keys.forgetFailure();
    return keys.resolve(http.deadline());
  }

  /** Creates a request for a test token, for the self-test. */
  public TestTokenRequest testTokenRequest(String resource) {
    return new TestTokenRequest(tokenEndpoint, credentials, URI.create(resource), http);
  }

  /** Introspects a token. Never throws for anything that the authorization server does. */
  public VerificationResult introspect(BearerToken token) {
    return call(token).send();
  }

  /** Creates the introspection of a caller's token. Its time limit begins now. */
  public IntrospectionCall call(BearerToken token) {
    return new IntrospectionCall(token, http.deadline(), availability, monitor);
  }
}
