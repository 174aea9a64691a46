package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every store promises, by itself and behind a server, on one node or on two. */
public abstract class StoreContract {
  /** The wait for a connection: many threads share a few, on slow machines too. */
  protected static final Duration PATIENCE = Duration.ofMinutes(2);

  private final TurnedClock clock = new TurnedClock();

  /** The stores of one node. */
  public record Node(
      TokenStore tokens,
      SessionStore sessions,
      MutableClientRegistry clients,
      RateLimitFactory limits,
      SigningKeyStore keys) {}

  /** Returns two nodes over the same data, or one node twice where only one is possible. */
  protected abstract List<Node> nodes();

  @Nested
  class Clients extends ClientContract {
    @Override
    List<Node> nodes() {
      return StoreContract.this.nodes();
    }
  }

  @Nested
  class Keys extends SigningKeyContract {
    @Override
    List<SigningKeyStore> nodes() {
      return StoreContract.this.nodes().stream().map(Node::keys).toList();
    }
  }

  @Nested
  class Limits extends LimitContract {
    @Override
    List<Node> nodes() {
      return StoreContract.this.nodes();
    }
  }

  @Nested
  class ManyAtOnce extends ManyAtOnceContract {
    @Override
    List<Node> nodes() {
      return StoreContract.this.nodes();
    }
  }

  private TokenStore tokens() {
    return nodes().get(0).tokens();
  }

  private TokenStore otherTokens() {
    return nodes().get(1).tokens();
  }

  /** The configured clients of every node. */
  public static ClientRegistry known() {
    return new InMemoryClientRegistry(Demo.clients());
  }

  @Test
  void aTokenIsFoundAsItWasSaved() {
    Instant now = clock.instant();
    StoredToken all =
        StoredToken.builder(TokenKind.REFRESH, "client", now, now.plusSeconds(60))
            .id("id")
            .subject("1234", "älice")
            .authentication(new UserAuthentication(now.minusSeconds(7), "urn:example:ä"))
            .scopes("b", "a", "c")
            .audience(Demo.NOTES, Demo.MAPS)
            .notBefore(now.plusMillis(1))
            .confirmation(new Confirmation("k".repeat(43), "c".repeat(43)))
            .build();
    StoredToken little =
        StoredToken.builder(TokenKind.ACCESS, "client", now, now.plusSeconds(60)).build();

    OpaqueToken one = save(all);
    OpaqueToken two = save(little);
    for (Confirmation each :
        List.of(new Confirmation("k".repeat(43), null), new Confirmation(null, "c".repeat(43)))) {
      StoredToken bound =
          StoredToken.builder(TokenKind.ACCESS, "client", now, now.plusSeconds(60))
              .confirmation(each)
              .build();
      assertThat(otherTokens().find(save(bound))).contains(bound);
    }

    assertThat(otherTokens().find(one)).contains(all);
    assertThat(otherTokens().find(one).orElseThrow().scopes()).containsExactly("b", "a", "c");
    assertThat(otherTokens().find(two)).contains(little);
    assertThat(tokens().find(OpaqueToken.random())).isEmpty();
    assertThat(tokens().find(new OpaqueToken("'; DROP TABLE \u0000"))).isEmpty();
  }

  @Test
  void revokingATokenRevokesNoOther() {
    OpaqueToken one = save(access("revoked-alone"));
    OpaqueToken two = save(access("revoked-alone"));

    tokens().revoke(one.hash());
    tokens().revoke(OpaqueToken.random().hash());

    assertThat(status(one)).isEqualTo(TokenStatus.REVOKED);
    assertThat(status(two)).isEqualTo(TokenStatus.GOOD);
  }

  @Test
  void revokingAGrantRevokesItsTokensAlsoThoseSavedLater() {
    OpaqueToken before = save(access("revoked-grant"));

    tokens().revokeGrant("revoked-grant");
    tokens().revokeGrant("unknown-grant");
    OpaqueToken after = save(access("revoked-grant"));

    assertThat(status(before)).isEqualTo(TokenStatus.REVOKED);
    assertThat(status(after)).isEqualTo(TokenStatus.REVOKED);
  }

  @Test
  void aCodeIsFoundAsItWasSaved() {
    StoredCode code = code("grant-of-code");
    OpaqueToken value = OpaqueToken.random();

    saveCode(tokens(), value, code);

    assertThat(otherTokens().findCode(value)).contains(code);
    assertThat(tokens().findCode(OpaqueToken.random())).isEmpty();
    assertThat(tokens().redeemCode(value.hash(), List.of())).isTrue();
    assertThat(otherTokens().findCode(value)).contains(code.asRedeemed());
    assertThat(tokens().redeemCode(OpaqueToken.random().hash(), List.of())).isFalse();
  }

  @Test
  void aConsentFormIsAnsweredOnce() {
    OpaqueToken code = OpaqueToken.random();
    OpaqueToken other = OpaqueToken.random();
    TokenHash form = OpaqueToken.random().hash();
    Instant until = clock.instant().plusSeconds(600);

    assertThat(tokens().saveCode(code.hash(), code("first-answer"), form, until)).isTrue();
    // The same code again, and another one.
    assertThat(otherTokens().saveCode(code.hash(), code("second-answer"), form, until)).isFalse();
    assertThat(otherTokens().saveCode(other.hash(), code("second-answer"), form, until)).isFalse();

    assertThat(otherTokens().findCode(code)).contains(code("first-answer"));
    assertThat(tokens().findCode(other)).isEmpty();
  }

  @Test
  void anAnswerIsKnownUntilTheFormExpiresAlthoughItsCodeIsSwept() {
    OpaqueToken code = OpaqueToken.random();
    TokenHash form = OpaqueToken.random().hash();
    Instant until = clock.instant().plusSeconds(600);
    tokens().saveCode(code.hash(), code("swept-answer"), form, until);

    clock.turn(Duration.ofMinutes(10).minusNanos(1_000));
    tokens().sweep(clock.instant());

    assertThat(tokens().findCode(code)).isEmpty();
    assertThat(otherTokens().saveCode(code.hash(), code("late-answer"), form, until)).isFalse();
    assertThat(tokens().findCode(code)).isEmpty();
  }

  @Test
  void onlyExpiredDataIsSwept() {
    OpaqueToken shortLived = save(access("swept"));
    OpaqueToken longLived = save(refresh("swept"));
    OpaqueToken unused = OpaqueToken.random();
    saveCode(tokens(), unused, code("swept-code"));
    OpaqueToken used = OpaqueToken.random();
    saveCode(tokens(), used, code("swept"));
    tokens().redeemCode(used.hash(), List.of());

    clock.turn(Duration.ofSeconds(60).minusNanos(1_000));
    tokens().sweep(clock.instant());
    assertThat(tokens().find(shortLived)).isPresent();

    clock.turn(Duration.ofNanos(1_000));
    assertThat(tokens().sweep(clock.instant())).isPositive();
    assertThat(tokens().find(shortLived)).isEmpty();
    assertThat(tokens().find(longLived)).isPresent();
    assertThat(tokens().findCode(unused)).isEmpty();
    // A second use must be detected while the grant has tokens.
    assertThat(tokens().findCode(used)).isPresent();

    clock.turn(Duration.ofDays(1));
    tokens().sweep(clock.instant());
    assertThat(tokens().find(longLived)).isEmpty();
    assertThat(tokens().findCode(used)).isEmpty();
  }

  @Test // RFC 9700 §4.14.2
  void theFirstRotationIsKeptAndStoresItsTokensOnce() {
    OpaqueToken refresh = save(refresh("rotated"));
    OpaqueToken successor = OpaqueToken.random();
    OpaqueToken late = OpaqueToken.random();
    Rotation first = Rotation.startedAt(clock.instant());
    assertThat(tokens().rotate(refresh.hash(), first, issued(successor, "rotated")))
        .contains(first);
    assertThat(status(refresh)).isEqualTo(TokenStatus.ROTATED);
    assertThat(status(successor)).isEqualTo(TokenStatus.GOOD);

    clock.turn(Duration.ofSeconds(5));
    Rotation again = Rotation.startedAt(clock.instant());
    assertThat(otherTokens().rotate(refresh.hash(), again, issued(late, "rotated")))
        .hasValueSatisfying(
            earlier -> {
              assertThat(earlier).isEqualTo(first);
              assertThat(earlier.successorOf(refresh)).isEqualTo(first.successorOf(refresh));
            });
    assertThat(tokens().find(late)).isEmpty();
  }

  @Test
  void anUnknownRefreshTokenStoresNothing() {
    OpaqueToken successor = OpaqueToken.random();

    assertThat(
            tokens()
                .rotate(
                    OpaqueToken.random().hash(),
                    Rotation.startedAt(clock.instant()),
                    issued(successor, "unknown-refresh")))
        .isEmpty();
    assertThat(tokens().find(successor)).isEmpty();
  }

  @Test // the reuse of a token that was revoked is still a reuse
  void rotationDoesNotMakeARevokedTokenGood() {
    OpaqueToken refresh = save(refresh("rotated-revoked"));
    tokens().revoke(refresh.hash());

    tokens().rotate(refresh.hash(), Rotation.startedAt(clock.instant()), List.of());
    assertThat(status(refresh)).isEqualTo(TokenStatus.REVOKED);

    OpaqueToken rotated = save(refresh("revoked-rotated"));
    tokens().rotate(rotated.hash(), Rotation.startedAt(clock.instant()), List.of());
    tokens().revoke(rotated.hash());
    assertThat(status(rotated)).isEqualTo(TokenStatus.REVOKED);
  }

  @Test // RFC 7009 §2.1
  void aSuccessorOfARevokedGrantIsRevoked() {
    OpaqueToken refresh = save(refresh("revoked-then-rotated"));
    OpaqueToken successor = OpaqueToken.random();
    tokens().revokeGrant("revoked-then-rotated");

    otherTokens()
        .rotate(
            refresh.hash(),
            Rotation.startedAt(clock.instant()),
            issued(successor, "revoked-then-rotated"));

    assertThat(status(successor)).isEqualTo(TokenStatus.REVOKED);
  }

  @Test // RFC 6749 §4.1.2: the grant of a code that is used twice is revoked
  void aCodeOfARevokedGrantYieldsNoGoodToken() {
    OpaqueToken code = OpaqueToken.random();
    OpaqueToken token = OpaqueToken.random();
    saveCode(tokens(), code, code("revoked-before-redeemed"));
    tokens().revokeGrant("revoked-before-redeemed");

    otherTokens().redeemCode(code.hash(), issued(token, "revoked-before-redeemed"));

    assertThat(status(token)).isEqualTo(TokenStatus.REVOKED);
  }

  @Test
  void aCodeThatWasUsedBeforeStoresNoTokens() {
    OpaqueToken code = OpaqueToken.random();
    OpaqueToken token = OpaqueToken.random();
    saveCode(tokens(), code, code("used-before"));
    assertThat(tokens().redeemCode(code.hash(), List.of())).isTrue();

    assertThat(otherTokens().redeemCode(code.hash(), issued(token, "used-before"))).isFalse();
    assertThat(tokens().find(token)).isEmpty();
    assertThat(tokens().redeemCode(OpaqueToken.random().hash(), issued(token, "used-before")))
        .isFalse();
    assertThat(tokens().find(token)).isEmpty();
  }

  @Test
  void aRevokedGrantStaysRevokedAcrossSweepsAsLongAsItHasTokens() {
    OpaqueToken shortLived = save(access("revoked-and-swept"));
    OpaqueToken longLived = save(refresh("revoked-and-swept"));
    tokens().revokeGrant("revoked-and-swept");

    clock.turn(Duration.ofMinutes(5));
    tokens().sweep(clock.instant());
    assertThat(tokens().find(shortLived)).isEmpty();
    assertThat(status(longLived)).isEqualTo(TokenStatus.REVOKED);
    assertThat(status(save(access("revoked-and-swept")))).isEqualTo(TokenStatus.REVOKED);
  }

  @Test
  void aRotationIsRememberedAcrossSweepsAsLongAsItsToken() {
    OpaqueToken refresh = save(refresh("rotated-and-swept"));
    Rotation first = Rotation.startedAt(clock.instant());
    tokens().rotate(refresh.hash(), first, List.of());

    clock.turn(Duration.ofDays(1).minusNanos(1_000));
    tokens().sweep(clock.instant());
    assertThat(tokens().rotate(refresh.hash(), Rotation.startedAt(clock.instant()), List.of()))
        .contains(first);

    clock.turn(Duration.ofNanos(1_000));
    tokens().sweep(clock.instant());
    assertThat(tokens().rotate(refresh.hash(), Rotation.startedAt(clock.instant()), List.of()))
        .isEmpty();
  }

  @Test
  void tokensOfOneCallAreStoredTogetherAndMayBeOfSeveralGrants() {
    OpaqueToken one = OpaqueToken.random();
    OpaqueToken two = OpaqueToken.random();
    tokens()
        .save(
            List.of(
                new IssuedToken(one.hash(), access("together-1")),
                new IssuedToken(two.hash(), access("together-2"))));
    tokens().save(List.of());

    tokens().revokeGrant("together-1");

    assertThat(status(one)).isEqualTo(TokenStatus.REVOKED);
    assertThat(status(two)).isEqualTo(TokenStatus.GOOD);
  }

  @Test // RFC 7523 §3
  void aUsedAssertionIsRememberedUntilTheInstantItExpires() {
    TokenHash assertion = OpaqueToken.random().hash();
    Instant until = clock.instant().plusSeconds(60);
    assertThat(tokens().markUsed(assertion, until)).isTrue();

    clock.turn(Duration.ofSeconds(60).minusNanos(1_000));
    tokens().sweep(clock.instant());
    assertThat(otherTokens().markUsed(assertion, until)).isFalse();

    clock.turn(Duration.ofNanos(1_000));
    tokens().sweep(clock.instant());
    assertThat(otherTokens().markUsed(assertion, until.plusSeconds(60))).isTrue();
  }

  @Test // the database deletes a thousand rows at a time
  void aSweepDeletesAllExpiredTokensHoweverMany() {
    tokens().sweep(clock.instant().plus(Duration.ofDays(2)));
    List<IssuedToken> many = new ArrayList<>();
    for (int i = 0; i < 2_001; i++) {
      many.add(new IssuedToken(OpaqueToken.random().hash(), access("many")));
    }
    tokens().save(many);
    OpaqueToken longLived = save(refresh("many"));

    assertThat(tokens().sweep(clock.instant().plusSeconds(60))).isEqualTo(2_001);
    assertThat(tokens().sweep(clock.instant().plusSeconds(60))).isZero();
    assertThat(tokens().find(longLived)).isPresent();
  }

  @Test
  void presentedTokensAndCookiesAreAnyText() {
    for (String any : List.of("", "\u0000", "\ud83d", "'; --", "x".repeat(100_000))) {
      OpaqueToken presented = new OpaqueToken(any);
      assertThat(tokens().find(presented)).isEmpty();
      assertThat(tokens().findCode(presented)).isEmpty();
      assertThat(nodes().get(0).sessions().find(presented)).isEmpty();
    }
  }

  @Test // the hash is what a thief of the database has
  void aHashIsNoTokenNoCodeAndNoCookie() {
    OpaqueToken token = save(access("stolen"));
    OpaqueToken code = OpaqueToken.random();
    saveCode(tokens(), code, code("stolen"));
    OpaqueToken cookie = OpaqueToken.random();
    SessionStore sessions = nodes().get(0).sessions();
    sessions.save(
        cookie.hash(), new LoginSession("1", "alice", null, null, clock.instant().plusSeconds(60)));

    assertThat(tokens().find(new OpaqueToken(token.hash().value()))).isEmpty();
    assertThat(tokens().findCode(new OpaqueToken(code.hash().value()))).isEmpty();
    assertThat(sessions.find(new OpaqueToken(cookie.hash().value()))).isEmpty();
    // Nor is one kind of value another.
    assertThat(tokens().findCode(token)).isEmpty();
    assertThat(tokens().find(code)).isEmpty();
    assertThat(sessions.find(token)).isEmpty();
  }

  @Test
  void aLogInIsSweptInTheInstantItExpiresAndEndingItTwiceIsHarmless() {
    SessionStore sessions = nodes().get(0).sessions();
    OpaqueToken cookie = OpaqueToken.random();
    Instant expires = clock.instant().plusSeconds(60);
    sessions.save(cookie.hash(), new LoginSession("1", "alice", null, null, expires));

    sessions.sweep(expires.minusNanos(1_000));
    assertThat(nodes().get(1).sessions().find(cookie)).isPresent();
    sessions.sweep(expires);
    assertThat(nodes().get(1).sessions().find(cookie)).isEmpty();
    sessions.end(cookie.hash());
    sessions.end(cookie.hash());
  }

  @Test
  void logInsAreStoredEndedAndSwept() {
    SessionStore sessions = nodes().get(0).sessions();
    LoginSession session =
        new LoginSession(
            "1234",
            "alice",
            new UserAuthentication(clock.instant().minusSeconds(7), "urn:example:password"),
            TokenHash.of("response_type=code&prompt=login"),
            clock.instant().plusSeconds(60));
    OpaqueToken one = OpaqueToken.random();
    OpaqueToken two = OpaqueToken.random();
    sessions.save(one.hash(), session);
    LoginSession ofAnEarlierVersion =
        new LoginSession("1234", "alice", null, null, session.expiresAt());
    sessions.save(two.hash(), ofAnEarlierVersion);

    assertThat(nodes().get(1).sessions().find(one)).contains(session);
    assertThat(nodes().get(1).sessions().find(two)).contains(ofAnEarlierVersion);
    sessions.end(one.hash());
    assertThat(sessions.find(one)).isEmpty();
    assertThat(sessions.find(two)).isPresent();

    sessions.sweep(clock.instant().plusSeconds(60));
    assertThat(sessions.find(two)).isEmpty();
  }

  private List<IssuedToken> issued(OpaqueToken token, String grantId) {
    return List.of(new IssuedToken(token.hash(), access(grantId)));
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
    return code(grantId, clock.instant());
  }

  /** Stores a code of a form of its own. */
  static void saveCode(TokenStore tokens, OpaqueToken code, StoredCode meaning) {
    TokenHash form = TokenHash.of("form of " + code.value());
    assertThat(tokens.saveCode(code.hash(), meaning, form, meaning.expiresAt())).isTrue();
  }

  static StoredCode code(String grantId, Instant now) {
    return new StoredCode(
        grantId,
        "client",
        "1234",
        "alice",
        new UserAuthentication(now.minusSeconds(7), "urn:example:password"),
        Set.of("a"),
        Set.of(Demo.NOTES),
        "https://app.example.com/cb",
        "challenge",
        now.plusSeconds(60),
        false,
        "k".repeat(43));
  }

  private OpaqueToken save(StoredToken token) {
    OpaqueToken value = OpaqueToken.random();
    tokens().save(List.of(new IssuedToken(value.hash(), token)));
    return value;
  }

  private TokenStatus status(OpaqueToken token) {
    return otherTokens().find(token).orElseThrow().status();
  }
}
