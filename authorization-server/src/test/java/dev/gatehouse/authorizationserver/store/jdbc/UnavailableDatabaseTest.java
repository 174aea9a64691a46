package dev.gatehouse.authorizationserver.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.Rotation;
import dev.gatehouse.authorizationserver.store.SessionStore;
import dev.gatehouse.authorizationserver.store.StoreContract;
import dev.gatehouse.authorizationserver.store.StoreUnavailableException;
import dev.gatehouse.authorizationserver.store.StoredCode;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.TokenStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method of every store reports a failure of the database as an outage, and only so. */
@SuppressWarnings("NullAway.Init")
class UnavailableDatabaseTest {
  private static final String URL = "jdbc:h2:mem:unavailable;DB_CLOSE_DELAY=-1";
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final OpaqueToken SECRET = OpaqueToken.random();
  private static final List<IssuedToken> TOKENS =
      List.of(
          new IssuedToken(
              SECRET.hash(),
              StoredToken.builder(TokenKind.REFRESH, "client", NOW, NOW.plusSeconds(60)).build()));

  private JdbcStore store;

  /** A call of one method, on the store that the test gives it. */
  private interface Call {
    void on(Stores stores);
  }

  private record Stores(
      TokenStore tokens,
      SessionStore sessions,
      MutableClientRegistry clients,
      RateLimitFactory limits,
      RateLimit limit) {}

  static Stream<Named<Call>> calls() {
    StoredCode code =
        new StoredCode(
            "grant",
            "client",
            "1234",
            "alice",
            null,
            Set.of(),
            Set.of(),
            "app:/cb",
            "challenge",
            NOW.plusSeconds(60),
            false);
    return Stream.of(
        Named.of("find a token", s -> s.tokens().find(SECRET)),
        Named.of("save tokens", s -> s.tokens().save(TOKENS)),
        Named.of("save a code", s -> s.tokens().saveCode(SECRET.hash(), code, SECRET.hash(), NOW)),
        Named.of("find a code", s -> s.tokens().findCode(SECRET)),
        Named.of("redeem a code", s -> s.tokens().redeemCode(SECRET.hash(), TOKENS)),
        Named.of("rotate", s -> s.tokens().rotate(SECRET.hash(), Rotation.startedAt(NOW), TOKENS)),
        Named.of("mark as used", s -> s.tokens().markUsed(SECRET.hash(), NOW)),
        Named.of("revoke a token", s -> s.tokens().revoke(SECRET.hash())),
        Named.of("revoke a grant", s -> s.tokens().revokeGrant("grant")),
        Named.of("sweep tokens", s -> s.tokens().sweep(NOW)),
        Named.of("find a log-in", s -> s.sessions().find(SECRET)),
        Named.of(
            "save a log-in",
            s -> s.sessions().save(SECRET.hash(), new LoginSession("1", "alice", null, null, NOW))),
        Named.of("end a log-in", s -> s.sessions().end(SECRET.hash())),
        Named.of("sweep log-ins", s -> s.sessions().sweep(NOW)),
        Named.of("find a client", s -> s.clients().find("unknown")),
        Named.of(
            "add a client",
            s ->
                s.clients()
                    .add(RegisteredClient.builder("new").secret(SECRET.value()).build(), NOW)),
        Named.of("record a use", s -> s.clients().recordUse("unknown", NOW)),
        Named.of("sweep clients", s -> s.clients().sweep(NOW, NOW)),
        Named.of("charge", s -> s.limit().charge(SECRET.value())),
        Named.of("check", s -> s.limit().check(SECRET.value())),
        Named.of("refund", s -> s.limit().refund(SECRET.value())),
        Named.of("sweep limits", s -> s.limits().sweep(NOW)));
  }

  @BeforeEach
  void open() {
    store = JdbcStore.open(URL, "sa", "", Duration.ofMillis(500));
  }

  @AfterEach
  void close() throws SQLException {
    store.close();
    execute("DROP ALL OBJECTS");
  }

  private Stores stores() {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL(URL);
    database.setUser("sa");
    // With H2, the limits are in memory: these are those of PostgreSQL, over whatever fails.
    return stores(store.tokens(), store.sessions(), store.clients(StoreContract.known()), database);
  }

  private static Stores stores(
      TokenStore tokens,
      SessionStore sessions,
      MutableClientRegistry clients,
      DataSource database) {
    JdbcRateLimitFactory limits = new JdbcRateLimitFactory(new Transactions(database));
    return new Stores(
        tokens,
        sessions,
        clients,
        limits,
        limits.limit("few", 3, Duration.ofSeconds(30), InstantSource.fixed(NOW)));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aMissingTableIsAnOutage(Call call) throws SQLException {
    Stores stores = stores();
    execute("DROP ALL OBJECTS");

    expectOutage(call, stores);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aClosedPoolIsAnOutage(Call call) throws SQLException {
    Stores stores = stores();
    execute("DROP ALL OBJECTS");
    store.close();

    expectOutage(call, stores);
  }

  private static void expectOutage(Call call, Stores stores) {
    assertThatThrownBy(() -> call.on(stores))
        .isExactlyInstanceOf(StoreUnavailableException.class)
        .hasMessageStartingWith("the database failed: ")
        .hasCauseInstanceOf(SQLException.class)
        .satisfies(
            e -> {
              StringWriter trace = new StringWriter();
              e.printStackTrace(new PrintWriter(trace));
              assertThat(trace.toString()).doesNotContain(SECRET.value());
            });
  }

  @Test // an application's own registry says what is known without the database
  void configuredClientsAreFoundWithoutTheDatabase() {
    MutableClientRegistry clients = store.clients(StoreContract.known());
    store.close();

    assertThat(clients.find("client")).isPresent();
    clients.recordUse("client", NOW);
    assertThat(clients.find("a\u0000b")).isEmpty();
  }

  @Test // the table has no column for resources
  void aResourceServerCannotBeAdded() {
    RegisteredClient server =
        RegisteredClient.builder("server").secret("s").resourceServerFor("urn:x").build();

    assertThatThrownBy(() -> store.clients(StoreContract.known()).add(server, NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("client server is a resource server; add it to the configured clients");
  }

  @Test
  void aTransactionThatFailsHalfwayHasNoEffect() throws SQLException {
    TokenStore tokens = store.tokens();
    OpaqueToken code = OpaqueToken.random();
    tokens.saveCode(
        code.hash(),
        new StoredCode(
            "grant",
            "client",
            "1234",
            "alice",
            null,
            Set.of(),
            Set.of(),
            "app:/cb",
            "challenge",
            NOW.plusSeconds(60),
            false),
        OpaqueToken.random().hash(),
        NOW.plusSeconds(60));
    OpaqueToken first = OpaqueToken.random();
    OpaqueToken refresh = OpaqueToken.random();
    tokens.save(List.of(new IssuedToken(refresh.hash(), TOKENS.get(0).token())));
    // The second token does not fit into its column.
    List<IssuedToken> halfGood =
        List.of(
            new IssuedToken(first.hash(), TOKENS.get(0).token()),
            new IssuedToken(
                OpaqueToken.random().hash(),
                StoredToken.builder(TokenKind.ACCESS, "c".repeat(2_000), NOW, NOW.plusSeconds(60))
                    .build()));

    for (Call call :
        List.<Call>of(
            s -> s.tokens().save(halfGood),
            s -> s.tokens().redeemCode(code.hash(), halfGood),
            s -> s.tokens().rotate(refresh.hash(), Rotation.startedAt(NOW), halfGood))) {
      assertThatThrownBy(() -> call.on(stores())).isInstanceOf(StoreUnavailableException.class);
    }

    assertThat(tokens.find(first)).isEmpty();
    assertThat(tokens.findCode(code).orElseThrow().redeemed()).isFalse();
    assertThat(tokens.find(refresh).orElseThrow().status().name()).isEqualTo("GOOD");
    assertThat(tokens.redeemCode(code.hash(), List.of())).isTrue();
  }

  @Test
  void aRowThatAnotherProgramHasSpoiledIsAnOutageAndNoToken() throws SQLException {
    store.tokens().save(TOKENS);
    execute("ALTER TABLE gatehouse_tokens ALTER COLUMN client_id DROP NOT NULL");
    execute("UPDATE gatehouse_tokens SET client_id = NULL");

    assertThatThrownBy(() -> store.tokens().find(SECRET))
        .isInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void aDatabaseThatCannotBeOpenedIsReportedWhenTheServerStarts() {
    assertThatThrownBy(
            () ->
                JdbcStore.open(
                    "jdbc:h2:mem:absent;IFEXISTS=TRUE", "sa", "pass-word", Duration.ofMillis(500)))
        .isInstanceOf(RuntimeException.class)
        .hasMessageNotContaining("pass-word");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(URL, "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
