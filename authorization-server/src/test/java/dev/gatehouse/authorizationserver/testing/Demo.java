package dev.gatehouse.authorizationserver.testing;

import dev.gatehouse.authorizationserver.AuthorizationServer;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryUserStore;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;

/** The clients, users and resources of most tests. */
public final class Demo {
  public static final String NOTES = "https://notes.example.com/mcp";
  public static final String MAPS = "https://maps.example.com/mcp";
  public static final String TOKEN = "/oauth/token";
  public static final String INTROSPECT = "/oauth/introspect";
  public static final String REVOKE = "/oauth/revoke";
  public static final String FROM_CLIENT = "grant_type=client_credentials";

  /** Loopback, and so on any port (RFC 8252 §7.3). */
  public static final String CALLBACK = "http://127.0.0.1/callback";

  private static final List<User> USERS =
      List.of(User.withPassword("alice", "alice-secret"), User.withPassword("bob", "bob-secret"));

  private Demo() {}

  public static List<RegisteredClient> clients() {
    return List.of(
        RegisteredClient.builder("client")
            .secret("client-secret")
            .grantTypes("client_credentials")
            .scopes("notes:read", "notes:write")
            .build(),
        RegisteredClient.builder("other: client")
            .secret("p%ss+ wörd:")
            .grantTypes("client_credentials")
            .scopes("notes:read")
            .build(),
        RegisteredClient.builder("idle").secret("idle-secret").build(),
        RegisteredClient.builder("public")
            .name("Notes on the <phone>")
            .grantTypes("authorization_code", "refresh_token")
            .scopes("notes:read", "notes:write")
            .redirectUris(CALLBACK, "com.example.notes:/done")
            .build(),
        RegisteredClient.builder("other-app")
            .grantTypes("authorization_code", "refresh_token")
            .scopes("notes:read", "notes:write")
            .redirectUris(CALLBACK)
            .build(),
        RegisteredClient.builder("web")
            .secret("web-secret")
            .grantTypes("authorization_code")
            .scopes("notes:read")
            .redirectUris("https://web.example.com/callback?x=1")
            .build(),
        RegisteredClient.builder("post-only")
            .secret("post-secret")
            .authMethods("client_secret_post")
            .grantTypes("client_credentials")
            .build(),
        RegisteredClient.builder("notes-server")
            .secret("notes-secret")
            .resourceServerFor(NOTES)
            .build(),
        RegisteredClient.builder("maps-server")
            .secret("maps-secret")
            .resourceServerFor(MAPS)
            .build());
  }

  public static AuthorizationServer.Builder server(String issuer) {
    return AuthorizationServer.builder()
        .issuer(issuer)
        .resource(NOTES)
        .scopesSupported(Set.of("notes:read"))
        .clientRegistry(new InMemoryClientRegistry(clients()));
  }

  public static AuthorizationServer.Builder withUsers(String issuer) {
    return server(issuer)
        .userStore(new InMemoryUserStore(USERS))
        .scopeDescription("notes:read", "read your notes & more");
  }

  /** Gets a token for the client called {@code client}. */
  public static String token(TestServer server) {
    HttpResponse<String> response = server.post(TOKEN, "client", "client-secret", FROM_CLIENT);
    return TestServer.text(response, "access_token");
  }

  public static HttpResponse<String> introspect(TestServer server, String token) {
    return server.post(INTROSPECT, "notes-server", "notes-secret", "token=" + token);
  }
}
