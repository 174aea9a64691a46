package dev.gatehouse.demo;

import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.authorizationserver.AuthorizationServer;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.store.memory.InMemoryUserStore;
import jakarta.servlet.ServletContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The authorization server inside the demo, so that nothing else has to be installed.
 *
 * <p>Its secrets are public: it may only listen on loopback.
 */
final class EmbeddedAuthorizationServer implements AutoCloseable {

  static final String CLIENT_ID = "demo-client";
  static final String CLIENT_SECRET = "demo-client-secret";
  static final String RESOURCE_SERVER_ID = "demo-resource-server";
  static final String RESOURCE_SERVER_SECRET = "demo-resource-server-secret";

  // RFC 8252 §7.3: the port may vary, because native clients listen on any free port.
  private static final String[] REDIRECT_URIS = {
    "http://127.0.0.1/callback", "http://localhost/callback"
  };

  // Hashes of alice-secret and bob-secret, precomputed because bcrypt would slow the start.
  private static final List<User> USERS =
      List.of(
          new User(
              "alice", "alice", "$2a$10$T.l5MTFKNHUAcSyYXRKuF.7IkiCuUYLTngl/y2a7j6U.u6UCpcn1i"),
          new User("bob", "bob", "$2a$10$VYnOZJkIuqylHPHjGrbNMu7NiisdPRej/dPY5dRnc8bHhadza9hEW"));

  private final AuthorizationServer server;
  private final AuthorizationData data;

  /** The filter whose cache is emptied after a revocation; null until it is registered. */
  private volatile @Nullable McpAuthFilter filter;

  /**
   * Creates the server.
   *
   * @param jwt whether access tokens are JWTs
   * @param data closed together with this server
   * @param clock the system's clock, except in tests
   */
  EmbeddedAuthorizationServer(
      String issuer, String resource, boolean jwt, AuthorizationData data, InstantSource clock) {
    this.data = data;
    AuthorizationServer.Builder builder =
        AuthorizationServer.builder()
            .issuer(issuer)
            .resource(resource)
            .scopesSupported(Set.copyOf(DemoScopes.ALL))
            .scopeDescription(DemoScopes.READ, "read your notes")
            .scopeDescription(DemoScopes.WRITE, "write and delete notes for you")
            .clock(clock)
            .jwtAccessTokens(jwt)
            .userStore(new InMemoryUserStore(USERS))
            .onRevocation(this::evictResults);
    data.configure(builder, List.of(client(), resourceServer(resource)));
    this.server = builder.build();
  }

  private static RegisteredClient client() {
    return RegisteredClient.builder(CLIENT_ID)
        .secret(CLIENT_SECRET)
        .name("Gatehouse demo client")
        .grantTypes("client_credentials", "authorization_code", "refresh_token")
        .redirectUris(REDIRECT_URIS)
        .scopes(DemoScopes.READ, DemoScopes.WRITE)
        .build();
  }

  /** The client of the filter: it may introspect tokens but has no grant. */
  private static RegisteredClient resourceServer(String resource) {
    return RegisteredClient.builder(RESOURCE_SERVER_ID)
        .secret(RESOURCE_SERVER_SECRET)
        .resourceServerFor(resource)
        .build();
  }

  /** Registers the servlets. */
  void register(ServletContext context) {
    server.register(context);
  }

  /**
   * Empties the filter's cache after each revocation, so that the filter refuses a revoked token at
   * once and not only after the cached result has expired.
   */
  void evictOnRevocation(McpAuthFilter registered) {
    filter = registered;
  }

  private void evictResults() {
    McpAuthFilter registered = filter;
    if (registered != null) {
      registered.cache().evictAll();
    }
  }

  @Override
  public void close() {
    data.close();
  }
}
