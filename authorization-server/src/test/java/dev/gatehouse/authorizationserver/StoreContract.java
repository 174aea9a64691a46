package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.Demo.introspect;
import static dev.gatehouse.authorizationserver.TestServer.json;
import static dev.gatehouse.authorizationserver.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** What every store promises, alone and through the server, on one node or on two. */
public abstract class StoreContract {
  private static final int THREADS = 64;
  private static final String INACTIVE = "{\"active\":false}";

  private final TurnedClock clock = new TurnedClock();

  /** The stores of one node. */
  public record Node(TokenStore tokens, SessionStore sessions, OpenClientRegistry clients) {}

  /** Gives two nodes over the same data, or the same node twice where only one is possible. */
  protected abstract List<Node> nodes();

  private TokenStore tokens() {
    return nodes().get(0).tokens();
  }

  private TokenStore otherTokens() {
    return nodes().get(1).tokens();
  }

  /** Gives the clients that every node knows from the start. */
  public static ClientRegistry known() {
    return new InMemoryClientRegistry(Demo.clients());
  }

  @Test
  void aTokenComesBackAsItWasKept() {
    Instant now = clock.instant();
    StoredToken all =
        StoredToken.builder(TokenKind.REFRESH, "client", now, now.plusSeconds(60))
            .id("id")
            .subject("1234", "älice")
            .scopes("b", "a", "c")
            .audience(Demo.NOTES, Demo.MAPS)
            .notBefore(now.plusMillis(1))
            .build();
    StoredToken little =
        StoredToken.builder(TokenKind.ACCESS, "client", now, now.plusSeconds(60)).build();

    OpaqueToken one = keep(all);
    OpaqueToken two = keep(little);

    assertThat(otherTokens().find(one)).contains(all);
    assertThat(otherTokens().find(one).orElseThrow().scopes()).containsExactly("b", "a", "c");
    assertThat(otherTokens().find(two)).contains(little);
    assertThat(tokens().find(OpaqueToken.random())).isEmpty();
    assertThat(tokens().find(new OpaqueToken("'; DROP TABLE \u0000"))).isEmpty();
  }

  @Test
  void aRevokedTokenIsRevokedAlone() {
    OpaqueToken one = keep(access("revoked-alone"));
    OpaqueToken two = keep(access("revoked-alone"));

    tokens().revoke(one.hash());
    tokens().revoke(OpaqueToken.random().hash());

    assertThat(status(one)).isEqualTo(TokenStatus.REVOKED);
    assertThat(status(two)).isEqualTo(TokenStatus.GOOD);
  }

  @Test
  void aRevokedGrantTakesAllWithItAlsoWhatComesLater() {
    OpaqueToken before = keep(access("revoked-grant"));

    tokens().revokeGrant("revoked-grant");
    tokens().revokeGrant("unknown-grant");
    OpaqueToken after = keep(access("revoked-grant"));

    assertThat(status(before)).isEqualTo(TokenStatus.REVOKED);
    assertThat(status(after)).isEqualTo(TokenStatus.REVOKED);
  }

  @Test
  void aCodeComesBackAsItWasKept() {
    StoredCode code = code("grant-of-code");
    OpaqueToken value = OpaqueToken.random();

    tokens().saveCode(value.hash(), code);

    assertThat(otherTokens().findCode(value)).contains(code);
    assertThat(tokens().findCode(OpaqueToken.random())).isEmpty();
    assertThat(tokens().redeemCode(value.hash(), List.of())).isTrue();
    assertThat(otherTokens().findCode(value)).contains(code.asRedeemed());
    assertThat(tokens().redeemCode(OpaqueToken.random().hash(), List.of())).isFalse();
  }

  @Test
  void aCodeIsRedeemedOnceHoweverManyTry() {
    OpaqueToken code = OpaqueToken.random();
    tokens().saveCode(code.hash(), code("contended-code"));
    List<OpaqueToken> yields = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      yields.add(OpaqueToken.random());
    }

    List<Boolean> won =
        atOnce(
            i ->
                () ->
                    nodes()
                        .get(i % 2)
                        .tokens()
                        .redeemCode(
                            code.hash(),
                            List.of(
                                new IssuedToken(yields.get(i).hash(), access("contended-code")))));

    assertThat(won).containsOnlyOnce(true);
    // Nothing is kept of what the losers would have got.
    for (int i = 0; i < THREADS; i++) {
      assertThat(tokens().find(yields.get(i)).isPresent()).isEqualTo(won.get(i));
    }
  }

  @Test
  void aRefreshTokenHasOneFirstRotationHoweverManyTry() {
    OpaqueToken refresh = keep(refresh("contended-refresh"));

    List<Optional<Rotation>> rotations =
        atOnce(
            i ->
                () ->
                    nodes()
                        .get(i % 2)
                        .tokens()
                        .rotate(refresh.hash(), Rotation.startedAt(clock.instant()), List.of()));

    assertThat(Set.copyOf(rotations)).hasSize(1);
    assertThat(status(refresh)).isEqualTo(TokenStatus.ROTATED);
    assertThat(
            tokens()
                .rotate(
                    OpaqueToken.random().hash(), Rotation.startedAt(clock.instant()), List.of()))
        .isEmpty();
  }

  @Test
  void anAssertionIsUsedOnceHoweverManyTry() {
    TokenHash assertion = OpaqueToken.random().hash();

    List<Boolean> first =
        atOnce(
            i ->
                () ->
                    nodes()
                        .get(i % 2)
                        .tokens()
                        .isFirstUse(assertion, clock.instant().plusSeconds(60)));

    assertThat(first).containsOnlyOnce(true);
  }

  @Test
  void whatHasExpiredIsSweptAndNothingElse() {
    OpaqueToken shortLived = keep(access("swept"));
    OpaqueToken longLived = keep(refresh("swept"));
    OpaqueToken unused = OpaqueToken.random();
    tokens().saveCode(unused.hash(), code("swept-code"));
    OpaqueToken used = OpaqueToken.random();
    tokens().saveCode(used.hash(), code("swept"));
    tokens().redeemCode(used.hash(), List.of());

    clock.turn(Duration.ofSeconds(60).minusNanos(1_000));
    tokens().sweep(clock.instant());
    assertThat(tokens().find(shortLived)).isPresent();

    clock.turn(Duration.ofNanos(1_000));
    assertThat(tokens().sweep(clock.instant())).isPositive();
    assertThat(tokens().find(shortLived)).isEmpty();
    assertThat(tokens().find(longLived)).isPresent();
    assertThat(tokens().findCode(unused)).isEmpty();
    // A second use must still be noticed while the grant has tokens.
    assertThat(tokens().findCode(used)).isPresent();

    clock.turn(Duration.ofDays(1));
    tokens().sweep(clock.instant());
    assertThat(tokens().find(longLived)).isEmpty();
    assertThat(tokens().findCode(used)).isEmpty();
  }

  @Test
  void logInsAreKeptEndedAndSwept() {
    SessionStore sessions = nodes().get(0).sessions();
    LoginSession session = new LoginSession("1234", "alice", clock.instant().plusSeconds(60));
    OpaqueToken one = OpaqueToken.random();
    OpaqueToken two = OpaqueToken.random();
    sessions.save(one.hash(), session);
    sessions.save(two.hash(), session);

    assertThat(nodes().get(1).sessions().find(one)).contains(session);
    sessions.end(one.hash());
    assertThat(sessions.find(one)).isEmpty();
    assertThat(sessions.find(two)).isPresent();

    sessions.sweep(clock.instant().plusSeconds(60));
    assertThat(sessions.find(two)).isEmpty();
  }

  @Test
  void aClientComesBackAsItRegistered() throws JOSEException {
    String jwks =
        new JWKSet(
                new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate().toPublicJWK())
            .toString();
    RegisteredClient secret =
        RegisteredClient.builder(OpaqueToken.random().value())
            .name("An application")
            .secret("hush")
            .authMethods("client_secret_post")
            .grantTypes("authorization_code", "refresh_token")
            .scopes("a", "b")
            .redirectUris("https://app.example.com/cb", "app:/cb")
            .selfRegistered(true)
            .build();
    RegisteredClient keys =
        RegisteredClient.builder(OpaqueToken.random().value()).jwks(jwks).build();
    OpenClientRegistry clients = nodes().get(0).clients();
    clients.add(secret);
    clients.add(keys);

    RegisteredClient found = nodes().get(1).clients().find(secret.id()).orElseThrow();
    assertThat(found).usingRecursiveComparison().isEqualTo(secret);
    assertThat(found.hasSecret("hush")).isTrue();
    assertThat(nodes().get(1).clients().find(keys.id()).orElseThrow().jwks()).contains(jwks);
    assertThat(clients.find("client")).isPresent();
    assertThat(clients.find("nobody")).isEmpty();
    assertThat(clients.find("nobody\u0000")).isEmpty();
  }

  @Test // RFC 6749 §4.1.2
  void manyRedeemOneCodeOneWinsAndWhatItWonIsRevoked() {
    try (TestServer one = start(0);
        TestServer two = start(1)) {
      String code = new UserAgent(one).code();

      List<HttpResponse<String>> answers =
          atOnce(i -> () -> new UserAgent(i % 2 == 0 ? one : two).redeem(code));

      List<HttpResponse<String>> won =
          answers.stream().filter(answer -> answer.statusCode() == 200).toList();
      assertThat(won).hasSize(1);
      assertThat(answers)
          .allMatch(answer -> answer.statusCode() == 200 || answer.statusCode() == 400);
      assertThat(introspect(one, text(won.get(0), "access_token")).body()).isEqualTo(INACTIVE);
      assertThat(introspect(two, text(won.get(0), "access_token")).body()).isEqualTo(INACTIVE);
      assertThat(json(new UserAgent(two).refresh(text(won.get(0), "refresh_token"))))
          .containsEntry("error", "invalid_grant");
    }
  }

  @Test // RFC 9700 §4.14.2, with a grace
  void manyUseOneRefreshTokenAndGetOneSuccessorAndAfterTheGraceNone() {
    try (TestServer one = start(0);
        TestServer two = start(1)) {
      String refresh = text(new UserAgent(one).redeem(new UserAgent(one).code()), "refresh_token");

      List<HttpResponse<String>> answers =
          atOnce(i -> () -> new UserAgent(i % 2 == 0 ? one : two).refresh(refresh));

      assertThat(answers).allMatch(answer -> answer.statusCode() == 200);
      assertThat(answers.stream().map(answer -> text(answer, "refresh_token")).distinct())
          .hasSize(1);
      for (HttpResponse<String> answer : answers) {
        assertThat(json(introspect(two, text(answer, "access_token"))))
            .containsEntry("active", true);
      }

      clock.turn(Duration.ofSeconds(10));
      assertThat(json(new UserAgent(two).refresh(refresh))).containsEntry("error", "invalid_grant");
      HttpResponse<String> any = answers.get(0);
      assertThat(introspect(one, text(any, "access_token")).body()).isEqualTo(INACTIVE);
      assertThat(json(new UserAgent(one).refresh(text(any, "refresh_token"))))
          .containsEntry("error", "invalid_grant");
    }
  }

  private TestServer start(int node) {
    Node stores = nodes().get(node);
    return TestServer.start(
        (origin, context) ->
            Demo.withUsers(origin)
                .clock(clock)
                .tokenStore(stores.tokens())
                .sessionStore(stores.sessions())
                .clientRegistry(stores.clients())
                .build()
                .register(context));
  }

  private StoredToken access(String grantId) {
    return StoredToken.builder(
            TokenKind.ACCESS, "client", clock.instant(), clock.instant().plusSeconds(60))
        .grantId(grantId)
        .build();
  }

  private StoredToken refresh(String grantId) {
    return StoredToken.builder(
            TokenKind.REFRESH, "client", clock.instant(), clock.instant().plus(Duration.ofDays(1)))
        .grantId(grantId)
        .build();
  }

  private StoredCode code(String grantId) {
    return new StoredCode(
        grantId,
        "client",
        "1234",
        "alice",
        Set.of("a"),
        Set.of(Demo.NOTES),
        "https://app.example.com/cb",
        "challenge",
        clock.instant().plusSeconds(60),
        false);
  }

  private OpaqueToken keep(StoredToken token) {
    OpaqueToken value = OpaqueToken.random();
    tokens().save(List.of(new IssuedToken(value.hash(), token)));
    return value;
  }

  private TokenStatus status(OpaqueToken token) {
    return otherTokens().find(token).orElseThrow().status();
  }

  private static <T> List<T> atOnce(IntFunction<Callable<T>> tasks) {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<T>> results = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Callable<T> task = tasks.apply(i);
        results.add(
            threads.submit(
                () -> {
                  start.await();
                  return task.call();
                }));
      }
      start.countDown();
      List<T> values = new ArrayList<>();
      for (Future<T> result : results) {
        values.add(result.get());
      }
      return values;
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    } finally {
      threads.shutdownNow();
    }
  }
}
