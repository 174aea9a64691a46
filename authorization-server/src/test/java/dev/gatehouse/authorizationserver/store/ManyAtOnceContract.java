package dev.gatehouse.authorizationserver.store;

import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.StoreContract.Node;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.ManyThreads;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** What happens once, however many threads try at the same time, on one node or on two. */
abstract class ManyAtOnceContract {
  private static final String INACTIVE = "{\"active\":false}";

  private final TurnedClock clock = new TurnedClock();

  abstract List<Node> nodes();

  private TokenStore tokens() {
    return tokensOf(0);
  }

  /** The same store, through each node in turn. */
  private TokenStore tokensOf(int thread) {
    return nodes().get(thread % 2).tokens();
  }

  @Test
  void aCodeIsRedeemedOnce() {
    OpaqueToken code = OpaqueToken.random();
    StoreContract.saveCode(tokens(), code, StoreContract.code("contended-code", clock.instant()));
    List<OpaqueToken> yields = new ArrayList<>();
    for (int i = 0; i < ManyThreads.COUNT; i++) {
      yields.add(OpaqueToken.random());
    }

    List<Boolean> won =
        ManyThreads.atOnce(
            i ->
                () ->
                    tokensOf(i)
                        .redeemCode(
                            code.hash(),
                            List.of(
                                new IssuedToken(yields.get(i).hash(), access("contended-code")))));

    assertThat(won).containsOnlyOnce(true);
    // The tokens of the others are not stored.
    for (int i = 0; i < ManyThreads.COUNT; i++) {
      assertThat(tokens().find(yields.get(i)).isPresent()).isEqualTo(won.get(i));
    }
  }

  @Test
  void aRefreshTokenHasOneFirstRotation() {
    OpaqueToken refresh = OpaqueToken.random();
    tokens()
        .save(
            List.of(
                new IssuedToken(refresh.hash(), token(TokenKind.REFRESH, "contended-refresh"))));

    List<Optional<Rotation>> rotations =
        ManyThreads.atOnce(
            i ->
                () ->
                    tokensOf(i)
                        .rotate(refresh.hash(), Rotation.startedAt(clock.instant()), List.of()));

    assertThat(Set.copyOf(rotations)).hasSize(1);
    assertThat(tokensOf(1).find(refresh).orElseThrow().status()).isEqualTo(TokenStatus.ROTATED);
    assertThat(
            tokens()
                .rotate(
                    OpaqueToken.random().hash(), Rotation.startedAt(clock.instant()), List.of()))
        .isEmpty();
  }

  @Test
  void anAssertionIsUsedOnce() {
    TokenHash assertion = OpaqueToken.random().hash();

    List<Boolean> first =
        ManyThreads.atOnce(
            i -> () -> tokensOf(i).markUsed(assertion, clock.instant().plusSeconds(60)));

    assertThat(first).containsOnlyOnce(true);
  }

  @Test // each round is a new race for a code, a refresh token and an assertion
  void inThousandsOfRacesEachHasOneWinner() {
    int races = 1_000;
    List<TokenHash> hashes = new ArrayList<>();
    List<IssuedToken> refreshTokens = new ArrayList<>();
    for (int i = 0; i < races; i++) {
      hashes.add(OpaqueToken.random().hash());
      tokens()
          .saveCode(
              hashes.get(i),
              StoreContract.code("races", clock.instant()),
              OpaqueToken.random().hash(),
              clock.instant());
      refreshTokens.add(new IssuedToken(hashes.get(i), token(TokenKind.REFRESH, "races")));
    }
    tokens().save(refreshTokens);
    AtomicIntegerArray codes = new AtomicIntegerArray(races);
    AtomicIntegerArray rotations = new AtomicIntegerArray(races);
    AtomicIntegerArray assertions = new AtomicIntegerArray(races);

    ManyThreads.atOnce(
        thread ->
            () -> {
              TokenStore store = tokensOf(thread);
              // Eight threads meet in each race.
              for (int i = thread / 8; i < races; i += 8) {
                TokenHash hash = hashes.get(i);
                if (store.redeemCode(hash, List.of())) {
                  codes.incrementAndGet(i);
                }
                Rotation attempt = Rotation.startedAt(clock.instant());
                if (store.rotate(hash, attempt, List.of()).orElseThrow().equals(attempt)) {
                  rotations.incrementAndGet(i);
                }
                if (store.markUsed(hash, clock.instant().plusSeconds(60))) {
                  assertions.incrementAndGet(i);
                }
              }
              return thread;
            });

    for (int i = 0; i < races; i++) {
      assertThat(List.of(codes.get(i), rotations.get(i), assertions.get(i)))
          .as("race %s", i)
          .containsOnly(1);
    }
  }

  @Test
  void tokensOfOneNewGrantAreAllStored() {
    String grant = OpaqueToken.random().value();

    List<OpaqueToken> saved =
        ManyThreads.atOnce(
            i ->
                () -> {
                  OpaqueToken token = OpaqueToken.random();
                  tokensOf(i).save(List.of(new IssuedToken(token.hash(), access(grant))));
                  return token;
                });

    assertThat(saved).allMatch(token -> tokens().find(token).isPresent());
    tokens().revokeGrant(grant);
    assertThat(saved)
        .allMatch(token -> tokensOf(1).find(token).orElseThrow().status() == TokenStatus.REVOKED);
  }

  @Test // RFC 7009 §2.1: a token that is issued meanwhile must not survive
  void aGrantThatIsRevokedWhileItsTokensAreStoredHasNoGoodToken() {
    for (int round = 0; round < 20; round++) {
      String grant = "revoked-meanwhile-" + OpaqueToken.random().value();
      OpaqueToken first = OpaqueToken.random();
      tokens().save(List.of(new IssuedToken(first.hash(), access(grant))));

      List<OpaqueToken> saved =
          ManyThreads.atOnce(
              i ->
                  () -> {
                    if (i == 20) {
                      tokensOf(i).revokeGrant(grant);
                      return first;
                    }
                    OpaqueToken token = OpaqueToken.random();
                    tokensOf(i).save(List.of(new IssuedToken(token.hash(), access(grant))));
                    return token;
                  });

      assertThat(saved)
          .allMatch(token -> tokensOf(1).find(token).orElseThrow().status() == TokenStatus.REVOKED);
    }
  }

  @Test
  void aSweepAndARedemptionAtOnceLeaveTheUsedCodeWithItsTokens() {
    List<OpaqueToken> codes = new ArrayList<>();
    for (int i = 0; i < ManyThreads.COUNT; i++) {
      OpaqueToken code = OpaqueToken.random();
      StoreContract.saveCode(
          tokens(), code, StoreContract.code("sweep-race-" + i, clock.instant()));
      codes.add(code);
    }

    List<Boolean> redeemed =
        ManyThreads.atOnce(
            i ->
                () -> {
                  OpaqueToken token = OpaqueToken.random();
                  StoredToken access =
                      StoredToken.builder(
                              TokenKind.ACCESS,
                              "client",
                              clock.instant(),
                              clock.instant().plusSeconds(600))
                          .grantId("sweep-race-" + i)
                          .build();
                  if (i % 4 == 0) {
                    tokensOf(i).sweep(clock.instant().plusSeconds(60));
                  }
                  boolean won =
                      tokensOf(i)
                          .redeemCode(
                              codes.get(i).hash(), List.of(new IssuedToken(token.hash(), access)));
                  // All or nothing: the code is used and the token stored, or both are gone.
                  return won == tokensOf(i).find(token).isPresent()
                      && won == tokensOf(i).findCode(codes.get(i)).isPresent();
                });

    assertThat(redeemed).containsOnly(true);
  }

  @LogsWarning("its tokens are revoked")
  @Test // RFC 6749 §4.1.2
  void ofManyRequestsWithOneCodeOneSucceedsAndItsTokensAreRevoked() {
    try (TestServer one = start(0);
        TestServer two = start(1)) {
      String code = new UserAgent(one).code();

      List<HttpResponse<String>> responses =
          ManyThreads.atOnce(i -> () -> new UserAgent(i % 2 == 0 ? one : two).redeem(code));

      List<HttpResponse<String>> won =
          responses.stream().filter(response -> response.statusCode() == 200).toList();
      assertThat(won).hasSize(1);
      assertThat(responses)
          .allMatch(response -> response.statusCode() == 200 || response.statusCode() == 400);
      assertThat(introspect(one, text(won.get(0), "access_token")).body()).isEqualTo(INACTIVE);
      assertThat(introspect(two, text(won.get(0), "access_token")).body()).isEqualTo(INACTIVE);
      assertThat(json(new UserAgent(two).refresh(text(won.get(0), "refresh_token"))))
          .containsEntry("error", "invalid_grant");
    }
  }

  @Test // a double click on "Allow", whose second request may reach another node
  void oneConsentFormSentManyTimesIsOneGrant() {
    try (TestServer one = start(0);
        TestServer two = start(1)) {
      UserAgent browser = new UserAgent(one);
      HttpResponse<String> loggedIn =
          browser.logIn(browser.open(UserAgent.request()), "alice", "alice-secret");
      String cookie = header(loggedIn, "Set-Cookie").replaceAll(";.*", "");
      Map<String, String> form = UserAgent.fields(browser.follow(loggedIn));
      form.put("decision", "approve");

      List<HttpResponse<String>> responses =
          ManyThreads.atOnce(
              i ->
                  () -> {
                    TestServer node = i % 2 == 0 ? one : two;
                    return node.send(
                        node.form("/oauth/consent", UserAgent.form(form)).header("Cookie", cookie));
                  });

      // Whichever response the browser follows, the log-in works.
      List<String> codes =
          responses.stream()
              .map(response -> UserAgent.value(UserAgent.parameters(response), "code"))
              .distinct()
              .toList();
      assertThat(codes).hasSize(1);
      HttpResponse<String> tokens = browser.redeem(codes.get(0));
      assertThat(json(introspect(two, text(tokens, "access_token")))).containsEntry("active", true);
      assertThat(json(new UserAgent(two).redeem(codes.get(0))))
          .containsEntry("error", "invalid_grant");
      assertThat(json(introspect(two, text(tokens, "access_token")))).containsEntry("active", true);
    }
  }

  @LogsWarning("again: its grant is revoked")
  @Test // RFC 9700 §4.14.2, with a grace period
  void manyRequestsWithOneRefreshTokenGetOneSuccessorAndNoneAfterTheGracePeriod() {
    try (TestServer one = start(0);
        TestServer two = start(1)) {
      String refresh = text(new UserAgent(one).redeem(new UserAgent(one).code()), "refresh_token");

      List<HttpResponse<String>> responses =
          ManyThreads.atOnce(i -> () -> new UserAgent(i % 2 == 0 ? one : two).refresh(refresh));

      assertThat(responses).allMatch(response -> response.statusCode() == 200);
      assertThat(responses.stream().map(response -> text(response, "refresh_token")).distinct())
          .hasSize(1);
      for (HttpResponse<String> response : responses) {
        assertThat(json(introspect(two, text(response, "access_token"))))
            .containsEntry("active", true);
      }

      clock.turn(Duration.ofSeconds(10));
      assertThat(
              ManyThreads.atOnce(i -> () -> new UserAgent(i % 2 == 0 ? one : two).refresh(refresh)))
          .allSatisfy(
              response -> assertThat(json(response)).containsEntry("error", "invalid_grant"));
      HttpResponse<String> any = responses.get(0);
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
    return token(TokenKind.ACCESS, grantId);
  }

  private StoredToken token(TokenKind kind, String grantId) {
    return StoredToken.builder(kind, "client", clock.instant(), clock.instant().plusSeconds(60))
        .grantId(grantId)
        .build();
  }
}
