package dev.gatehouse.authorizationserver.store;

import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
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
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What happens once, however many try at the same moment, on one node or on two. */
abstract class ManyAtOnceContract {
  private static final String INACTIVE = "{\"active\":false}";

  private final TurnedClock clock = new TurnedClock();

  abstract List<Node> nodes();

  private TokenStore tokens() {
    return tokensOf(0);
  }

  /** One and the same, as its nodes see it in turn. */
  private TokenStore tokensOf(int thread) {
    return nodes().get(thread % 2).tokens();
  }

  @Test
  void aCodeIsRedeemedOnceHoweverManyTry() {
    OpaqueToken code = OpaqueToken.random();
    tokens().saveCode(code.hash(), StoreContract.code("contended-code", clock.instant()));
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
    // Nothing is kept of what the losers would have got.
    for (int i = 0; i < ManyThreads.COUNT; i++) {
      assertThat(tokens().find(yields.get(i)).isPresent()).isEqualTo(won.get(i));
    }
  }

  @Test
  void aRefreshTokenHasOneFirstRotationHoweverManyTry() {
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
  void anAssertionIsUsedOnceHoweverManyTry() {
    TokenHash assertion = OpaqueToken.random().hash();

    List<Boolean> first =
        ManyThreads.atOnce(
            i -> () -> tokensOf(i).markUsed(assertion, clock.instant().plusSeconds(60)));

    assertThat(first).containsOnlyOnce(true);
  }

  @LogsWarning("twice: its tokens are revoked")
  @Test // RFC 6749 §4.1.2
  void manyRedeemOneCodeOneWinsAndWhatItWonIsRevoked() {
    try (TestServer one = start(0);
        TestServer two = start(1)) {
      String code = new UserAgent(one).code();

      List<HttpResponse<String>> answers =
          ManyThreads.atOnce(i -> () -> new UserAgent(i % 2 == 0 ? one : two).redeem(code));

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

  @LogsWarning("again: its grant is revoked")
  @Test // RFC 9700 §4.14.2, with a grace
  void manyUseOneRefreshTokenAndGetOneSuccessorAndAfterTheGraceNone() {
    try (TestServer one = start(0);
        TestServer two = start(1)) {
      String refresh = text(new UserAgent(one).redeem(new UserAgent(one).code()), "refresh_token");

      List<HttpResponse<String>> answers =
          ManyThreads.atOnce(i -> () -> new UserAgent(i % 2 == 0 ? one : two).refresh(refresh));

      assertThat(answers).allMatch(answer -> answer.statusCode() == 200);
      assertThat(answers.stream().map(answer -> text(answer, "refresh_token")).distinct())
          .hasSize(1);
      for (HttpResponse<String> answer : answers) {
        assertThat(json(introspect(two, text(answer, "access_token"))))
            .containsEntry("active", true);
      }

      clock.turn(Duration.ofSeconds(10));
      assertThat(
              ManyThreads.atOnce(i -> () -> new UserAgent(i % 2 == 0 ? one : two).refresh(refresh)))
          .allSatisfy(answer -> assertThat(json(answer)).containsEntry("error", "invalid_grant"));
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
    return token(TokenKind.ACCESS, grantId);
  }

  private StoredToken token(TokenKind kind, String grantId) {
    return StoredToken.builder(kind, "client", clock.instant(), clock.instant().plusSeconds(60))
        .grantId(grantId)
        .build();
  }
}
