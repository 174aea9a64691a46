package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.clientauth.RequestAdditions;
import dev.gatehouse.internal.clientauth.SecretAuthentication;
import dev.gatehouse.internal.discovery.UnusableResponseException;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.HttpSettings;
import dev.gatehouse.internal.jwt.JwtSettings;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TokenValidation;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.testing.Secrets;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Creates the parts of introspection as the filter does, for tests of other packages. */
public final class Introspectors {

  private Introspectors() {}

  /** An introspector with one endpoint of a server whose issuer is unknown. */
  public static Introspector at(
      String endpoint,
      CircuitBreakerSettings breaker,
      BoundedHttpClient http,
      ProbeExecutor probes,
      InstantSource clock) {
    return new Introspector(
        new ServerConnection(
            new TrustedServer(
                "the authorization server",
                null,
                null,
                new AudienceAlternative.Refused(),
                false,
                TrustLimits.NONE),
            List.of(URI.create(endpoint)),
            null,
            (tokenEndpoint, client, ignored) ->
                SecretAuthentication.basic("mcp-filter", Secrets.CLIENT_SECRET),
            RequestAdditions.none(),
            64 * 1024,
            null,
            TokenValidation.INTROSPECTION,
            new JwtSettings(null, Set.of(), Set.of(), List.of())),
        /* insecureHttpAllowed= */ false,
        breaker,
        http,
        probes,
        clock,
        Duration.ofSeconds(30),
        clock);
  }

  /** A client with connections for this many callers and for two requests of the filter itself. */
  public static BoundedHttpClient client(
      Duration connectTimeout, Duration requestTimeout, int callers) {
    return new BoundedHttpClient(
        new HttpSettings(connectTimeout, requestTimeout, callers + 2, null, null));
  }

  /** The claims of an introspection response; empty if the token is not active. */
  public static Optional<TokenClaims> read(String response, BearerToken token)
      throws UnusableResponseException {
    return IntrospectionResponseReader.read(response, token, List.of());
  }
}
