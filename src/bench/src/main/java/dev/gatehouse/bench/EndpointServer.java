package dev.gatehouse.bench;

import dev.gatehouse.authorizationserver.TokenIntrospectionServlet;
import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenHash;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.TokenStore;
import dev.gatehouse.authorizationserver.store.jdbc.JdbcStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryTokenStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The introspection endpoint over a store with many tokens, in a process of its own. */
final class EndpointServer {

  static final String MEMORY = "memory";
  static final String CLIENT_ID = "mcp-server";
  static final String SECRET = "mcp-server-secret-of-the-benchmark";

  private static final int PORTION = 5_000;

  private EndpointServer() {}

  /** Arguments: {@link #MEMORY} or the JDBC URL of an empty database, and how many tokens. */
  public static void main(String[] args) throws Exception {
    TokenStore store =
        args[0].equals(MEMORY)
            ? new InMemoryTokenStore()
            : JdbcStore.open(args[0], "sa", "").tokens();
    fill(store, Integer.parseInt(args[1]));
    System.gc(); // what filling has left behind is not to be collected while we measure
    Server jetty = new Server();
    ServerConnector connector = new ServerConnector(jetty, 1, 1);
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler();
    handler.addServlet(new ServletHolder(servlet(store)), "/introspect");
    jetty.setHandler(handler);
    jetty.start();
    Child.ready(connector.getLocalPort());
  }

  private static TokenIntrospectionServlet servlet(TokenStore store) {
    RegisteredClient asker =
        RegisteredClient.builder(CLIENT_ID)
            .secret(SECRET)
            .resourceServerFor(StubAnswers.RESOURCE)
            .build();
    return TokenIntrospectionServlet.builder()
        .issuer(StubAnswers.ISSUER)
        .endpoint(StubAnswers.ISSUER + "/introspect")
        .tokens(store)
        .clients(new InMemoryClientRegistry(List.of(asker)))
        .rateLimit(new NoLimit())
        .build();
  }

  /**
   * Through the interface, as a server would, but many at a time, and in the order in which the
   * database keeps them: else H2 writes each page of a million tokens anew for every portion.
   */
  private static void fill(TokenStore store, int count) {
    Instant now = Instant.now();
    List<TokenHash> inOrder =
        IntStream.range(0, count)
            .mapToObj(i -> TokenHash.of(Tokens.of(Tokens.ACTIVE, EndpointPart.SERIES, i)))
            .sorted(Comparator.comparing(TokenHash::value))
            .toList();
    for (int from = 0; from < count; from += PORTION) {
      store.save(
          IntStream.range(from, Math.min(count, from + PORTION))
              .mapToObj(i -> new IssuedToken(inOrder.get(i), token(i, now)))
              .toList());
    }
  }

  private static StoredToken token(int number, Instant now) {
    return StoredToken.builder(TokenKind.ACCESS, "notes-app", now, now.plus(Duration.ofHours(2)))
        .grantId("0d9f6c1e-5b7a-4c3d-9e2f-%012d".formatted(number))
        .subject("0d9f6c1e-5b7a-4c3d-9e2f-" + number, "user-" + number)
        .scopes("notes:read", "notes:write")
        .audience(StubAnswers.RESOURCE)
        .build();
  }

  /** Lets the endpoint be asked as fast as it can answer. */
  private record NoLimit() implements RateLimit {
    @Override
    public Optional<Duration> charge(String key) {
      return Optional.empty();
    }

    @Override
    public Optional<Duration> check(String key) {
      return Optional.empty();
    }

    @Override
    public void refund(String key) {}
  }
}
