package dev.gatehouse.demo;

import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.authorizationserver.AuthorizationServer;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.store.memory.InMemoryUserStore;
import jakarta.servlet.ServletContext;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The authorization server that lets the demo run with nothing else installed.
 *
 * <p>Its secrets are printed at start and in the guide: it is for loopback alone.
 */
final class EmbeddedAuthorizationServer implements AutoCloseable {

  static final String CLIENT_ID = "demo-client";
  static final String CLIENT_SECRET = "demo-client-secret";
  static final String RESOURCE_SERVER_ID = "demo-resource-server";
  static final String RESOURCE_SERVER_SECRET = "demo-resource-server-secret";

  /** Any port will do for these: a native client takes a free one (RFC 8252 §7.3). */
  private static final String[] REDIRECT_URIS = {
    "http://127.0.0.1/callback", "http://localhost/callback"
  };

  // Of alice-secret and bob-secret, made once: bcrypt is slow on purpose, and the start is not.
  private static final List<User> USERS =
      List.of(
          new User(
              "alice", "alice", "$2a$10$T.l5MTFKNHUAcSyYXRKuF.7IkiCuUYLTngl/y2a7j6U.u6UCpcn1i"),
          new User("bob", "bob", "$2a$10$VYnOZJkIuqylHPHjGrbNMu7NiisdPRej/dPY5dRnc8bHhadza9hEW"));

  private final AuthorizationServer server;
  private final AuthorizationData data;

  /** What remembers our answers, and has to forget those about what is revoked. */
  private volatile @Nullable McpAuthFilter filter;

  /**
   * Puts it together.
   *
   * @param data closed with this
   */
  EmbeddedAuthorizationServer(String issuer, String resource, AuthorizationData data) {
    this.data = data;
    AuthorizationServer.Builder builder =
        AuthorizationServer.builder()
            .issuer(issuer)
            .resource(resource)
            .scopesSupported(Set.copyOf(DemoScopes.ALL))
            .scopeDescription(DemoScopes.READ, "read your notes")
            .scopeDescription(DemoScopes.WRITE, "write and delete notes for you")
            .userStore(new InMemoryUserStore(USERS))
            .onRevocation(this::forgetAnswers);
    data.keepFor(builder, List.of(client(), resourceServer(resource)));
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

  /** May introspect, and nothing else: it has no grant. */
  private static RegisteredClient resourceServer(String resource) {
    return RegisteredClient.builder(RESOURCE_SERVER_ID)
        .secret(RESOURCE_SERVER_SECRET)
        .resourceServerFor(resource)
        .build();
  }

  /** Adds its servlets. */
  void register(ServletContext context) {
    server.register(context);
  }

  /**
   * Has this filter forget what is revoked, so that a revoked token is turned away at once, and not
   * when its answer is too old.
   */
  void tellOfRevocations(McpAuthFilter guard) {
    filter = guard;
  }

  private void forgetAnswers() {
    McpAuthFilter guard = filter;
    if (guard != null) {
      guard.cache().evictAll();
    }
  }

  @Override
  public void close() {
    data.close();
  }
}
