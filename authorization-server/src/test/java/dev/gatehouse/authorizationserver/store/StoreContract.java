package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every store promises, alone and through the server, on one node or on two. */
public abstract class StoreContract {
  /** For a connection: many threads share few, on whatever machine. */
  protected static final Duration PATIENCE = Duration.ofMinutes(2);

  private final TurnedClock clock = new TurnedClock();

  /** The stores of one node. */
  public record Node(
      TokenStore tokens,
      SessionStore sessions,
      MutableClientRegistry clients,
      RateLimitFactory limits) {}

  /** Gives two nodes over the same data, or the same node twice where only one is possible. */
  protected abstract List<Node> nodes();

  @Nested
  class Clients extends ClientContract {
    @Override
    List<Node> nodes() {
      return StoreContract.this.nodes();
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

  static StoredCode code(String grantId, Instant now) {
    return new StoredCode(
        grantId,
        "client",
        "1234",
        "alice",
        Set.of("a"),
        Set.of(Demo.NOTES),
        "https://app.example.com/cb",
        "challenge",
        now.plusSeconds(60),
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
}
