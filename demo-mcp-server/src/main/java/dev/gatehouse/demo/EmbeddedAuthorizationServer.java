package dev.gatehouse.demo;

import dev.gatehouse.authorizationserver.AuthorizationServer;
import dev.gatehouse.authorizationserver.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.RegisteredClient;
import java.util.List;
import java.util.Set;

/**
 * The authorization server that lets the demo run with nothing else installed.
 *
 * <p>Its secrets are printed at start and in the guide: it is for loopback alone.
 */
final class EmbeddedAuthorizationServer {

  static final String CLIENT_ID = "demo-client";
  static final String CLIENT_SECRET = "demo-client-secret";
  static final String RESOURCE_SERVER_ID = "demo-resource-server";
  static final String RESOURCE_SERVER_SECRET = "demo-resource-server-secret";

  private EmbeddedAuthorizationServer() {}

  static AuthorizationServer create(String issuer, String resource) {
    RegisteredClient client =
        RegisteredClient.builder(CLIENT_ID)
            .secret(CLIENT_SECRET)
            .grantTypes("client_credentials")
            .scopes(DemoScopes.READ, DemoScopes.WRITE)
            .build();
    // May introspect, and nothing else: it has no grant.
    RegisteredClient resourceServer =
        RegisteredClient.builder(RESOURCE_SERVER_ID)
            .secret(RESOURCE_SERVER_SECRET)
            .resourceServerFor(resource)
            .build();
    return AuthorizationServer.builder()
        .issuer(issuer)
        .resource(resource)
        .scopesSupported(Set.copyOf(DemoScopes.ALL))
        .clientRegistry(new InMemoryClientRegistry(List.of(client, resourceServer)))
        .build();
  }
}
