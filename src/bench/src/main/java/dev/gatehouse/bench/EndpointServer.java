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

/** The introspection endpoint with a store of many tokens, in a separate process. */
final class EndpointServer {

  static final String MEMORY = "memory";
  static final String CLIENT_ID = "mcp-server";
  static final String SECRET = "mcp-server-secret-of-the-benchmark";

  private static final int BATCH_SIZE = 5_000;

  private EndpointServer() {}

  /** Arguments: {@link #MEMORY} or the JDBC URL of an empty database, and the number of tokens. */
  public static void main(String[] args) throws Exception {
    TokenStore store =
        args[0].equals(MEMORY)
            ? new InMemoryTokenStore()
            : JdbcStore.open(args[0], "sa", "").tokens();
    fill(store, Integer.parseInt(args[1]));
    System.gc(); // so that garbage from filling is not collected during the measurement
    Server jetty = new Server();
    ServerConnector connector = new ServerConnector(jetty, 1, 1);
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler();
    ServletHolder introspection = new ServletHolder(servlet(store));
    introspection.setAsyncSupported(true);
    handler.addServlet(introspection, "/introspect");
    jetty.setHandler(handler);
    jetty.start();
    Child.awaitEnd(connector.getLocalPort());
  }

  private static TokenIntrospectionServlet servlet(TokenStore store) {
    RegisteredClient caller =
        RegisteredClient.builder(CLIENT_ID)
            .secret(SECRET)
            .resourceServerFor(StubResponses.RESOURCE)
            .build();
    return TokenIntrospectionServlet.builder()
        .issuer(StubResponses.ISSUER)
        .endpoint(StubResponses.ISSUER + "/introspect")
        .tokens(store)
        .clients(new InMemoryClientRegistry(List.of(caller)))
        .rateLimit(new NoLimit())
        .build();
  }

  /**
   * Fills the store through its interface, in batches and in the order of the primary key. In any
   * other order, H2 would rewrite every page of a million tokens for each batch.
   */
  private static void fill(TokenStore store, int count) {
    Instant now = Instant.now();
    List<TokenHash> sorted =
        IntStream.range(0, count)
            .mapToObj(i -> TokenHash.of(Tokens.of(Tokens.ACTIVE, EndpointPart.SERIES, i)))
            .sorted(Comparator.comparing(TokenHash::value))
            .toList();
    for (int from = 0; from < count; from += BATCH_SIZE) {
      store.save(
          IntStream.range(from, Math.min(count, from + BATCH_SIZE))
              .mapToObj(i -> new IssuedToken(sorted.get(i), token(i, now)))
              .toList());
    }
  }

  private static StoredToken token(int number, Instant now) {
    return StoredToken.builder(TokenKind.ACCESS, "notes-app", now, now.plus(Duration.ofHours(2)))
        .grantId("0d9f6c1e-5b7a-4c3d-9e2f-%012d".formatted(number))
        .subject("0d9f6c1e-5b7a-4c3d-9e2f-" + number, "user-" + number)
        .scopes("notes:read", "notes:write")
        .audience(StubResponses.RESOURCE)
        .build();
  }

  /** Never limits, so that the endpoint runs at full speed. */
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
