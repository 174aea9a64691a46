package dev.gatehouse.internal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TokenDigest;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.JwtSigner;
import dev.gatehouse.testing.ManualClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tokens the deny list denies, and that it never forgets one that could still be used. */
class DenyListTest {

  private static final TrustedServer ONE = server("https://one.example");
  private static final TrustedServer TWO = server("https://two.example");
  private static final long NOW = ManualClock.NOW.getEpochSecond();

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final DenyList list = new DenyList(List.of(ONE, TWO), clock, 10);

  private static TrustedServer server(String issuer) {
    return new TrustedServer(
        issuer, issuer, null, new AudienceAlternative.Refused(), true, TrustLimits.NONE);
  }

  /** A verified token, and its text, whose signature is none. */
  private record Token(BearerToken text, VerificationResult.Active result) {

    static Token of(TrustedServer server, String user, @Nullable Long issuedAt, long end) {
      Map<String, Object> claims = new HashMap<>();
      claims.put("jti", "id-of-" + user);
      String payload =
          "{\"iss\":\"%s\",\"sub\":\"%s\",\"exp\":%d".formatted(server.issuer(), user, end);
      if (issuedAt != null) {
        claims.put("iat", issuedAt);
        payload += ",\"iat\":" + issuedAt;
      }
      return new Token(
          new BearerToken(
              JwtSigner.base64("{\"alg\":\"ES256\"}")
                  + "."
                  + JwtSigner.base64(payload + "}")
                  + ".c2ln"),
          new VerificationResult.Active(
              new TokenClaims(
                  user,
                  new TokenClaims.Terms(
                      "app",
                      server.issuer(),
                      List.of(),
                      Set.of(),
                      "Bearer",
                      null,
                      null,
                      false,
                      false),
                  end,
                  0,
                  claims),
              server));
    }

    TokenKey key() {
      return TokenKey.of(text, result.server());
    }
  }

  private static Token alice(@Nullable Long issuedAt) {
    return Token.of(ONE, "alice", issuedAt, NOW + 3600);
  }

  private boolean denies(Token token) {
    VerificationResult result = list.check(token.key(), token.result());
    if (result instanceof VerificationResult.Inactive inactive) {
      assertThat(inactive.reason()).isEqualTo(Reason.EVICTED);
      return true;
    }
    assertThat(result).isSameAs(token.result());
    return false;
  }

  private void deny(Token token) {
    String text = token.text().value();
    list.addToken(text, TokenDigest.of(text));
  }

  /** {@code iat} is in whole seconds, so that of the same second may be of before. */
  @ParameterizedTest(name = "{0}, issued {1} s after the eviction: {2}")
  @CsvSource({
    "user, -1, true",
    "user, 0, true",
    "user, 1, false",
    "user, , true",
    "user of this issuer, 0, true",
    "user of this issuer, 1, false",
    "user of the other issuer, 0, false",
    "another user, 0, false",
    "client, 0, true",
    "client, 1, false",
    "client, , true",
    "another client, 0, false",
    "all, 0, true",
    "all, 1, false",
    "all, , true",
    "token, 1, true",
    "token, , true",
    "another token, 0, false",
    "id, 1, true",
    "id of the other issuer, 1, false",
    "another id, 0, false",
    "nothing, , false",
  })
  void deniesWhatWasEvicted(String what, @Nullable Long issuedAfter, boolean denied) {
    Token token = alice(issuedAfter == null ? null : NOW + issuedAfter);
    evict(what, token);

    assertThat(denies(token)).isEqualTo(denied);
    assertThat(list.check(token.key(), new VerificationResult.Inactive(Reason.JWT, "")))
        .returns(Reason.JWT, result -> ((VerificationResult.Inactive) result).reason());
  }

  private void evict(String what, Token token) {
    Map<String, Consumer<DenyList>> evictions =
        Map.ofEntries(
            Map.entry("user", l -> l.addUser(null, "alice")),
            Map.entry("user of this issuer", l -> l.addUser(ONE.issuer(), "alice")),
            Map.entry("user of the other issuer", l -> l.addUser(TWO.issuer(), "alice")),
            Map.entry("another user", l -> l.addUser(null, "bob")),
            Map.entry("client", l -> l.addClient(null, "app")),
            Map.entry("another client", l -> l.addClient(null, "alice")),
            Map.entry("all", DenyList::addAll),
            Map.entry("token", l -> deny(token)),
            Map.entry("another token", l -> deny(alice(NOW + 5))),
            Map.entry("id", l -> l.addId(null, "id-of-alice")),
            Map.entry("id of the other issuer", l -> l.addId(TWO.issuer(), "id-of-alice")),
            Map.entry("another id", l -> l.addId(null, "alice")),
            Map.entry("nothing", l -> {}));
    Objects.requireNonNull(evictions.get(what)).accept(list);
  }

  /** In Latin-1, both would be question marks. */
  @Test
  void namesOutsideLatin1AreTold() {
    list.addUser(null, "李");

    assertThat(denies(Token.of(ONE, "王", NOW, NOW + 60))).isFalse();
    assertThat(denies(Token.of(ONE, "李", NOW, NOW + 60))).isTrue();
  }

  @Test
  void aLaterEvictionOfTheSameUserCounts() {
    list.addUser(null, "alice");
    clock.advance(Duration.ofSeconds(10));
    assertThat(denies(alice(NOW + 10))).isFalse();
    list.addUser(null, "alice");

    assertThat(denies(alice(NOW + 10))).isTrue();
    assertThat(list.size()).as("one for each server").isEqualTo(2);
  }

  @Test
  void aFullListDeniesMoreAndForgetsNothing() {
    Token first = Token.of(ONE, "first", NOW, NOW + 3600);
    deny(first);
    clock.advance(Duration.ofSeconds(5));
    Token bystander = Token.of(ONE, "bystander", NOW + 5, NOW + 3600);
    Token older = Token.of(ONE, "older", NOW, NOW + 3600);
    for (int i = 0; i < 9; i++) {
      list.addUser(ONE.issuer(), "user" + i);
    }
    assertThat(denies(older)).isFalse();

    clock.advance(Duration.ofSeconds(5));
    list.addUser(ONE.issuer(), "user9"); // one too many
    assertThat(list.size()).isEqualTo(10);
    assertThat(denies(first)).isTrue();
    assertThat(denies(older)).as("as old as the dropped one").isTrue();
    assertThat(denies(bystander)).isFalse();
    assertThat(denies(Token.of(TWO, "older", NOW, NOW + 3600))).as("of the other").isFalse();

    list.addUser(ONE.issuer(), "user10");
    assertThat(denies(Token.of(ONE, "user0", NOW + 5, NOW + 3600))).isTrue();
    assertThat(denies(bystander)).isTrue();
    assertThat(denies(Token.of(ONE, "new", NOW + 6, NOW + 3600))).isFalse();
  }

  @Test
  void anExpiredTokenNeedsNoEntry() {
    for (int i = 0; i < 10; i++) {
      deny(Token.of(ONE, "user" + i, NOW, NOW + 60));
    }
    clock.advance(Duration.ofSeconds(60));
    list.addUser(ONE.issuer(), "alice");

    assertThat(list.size()).isEqualTo(1);
    assertThat(denies(Token.of(ONE, "bystander", NOW, NOW + 3600))).isFalse();
  }

  @Test
  void onlyJwtsOfTheseServersNeedAnEntry() {
    for (String text :
        List.of(
            "opaque",
            "a.b.c",
            alice(NOW).text().value() + ".x",
            Token.of(server("https://x.example"), "alice", NOW, NOW + 60).text().value())) {
      list.addToken(text, TokenDigest.of(text));
    }

    assertThat(list.size()).isZero();
  }

  /** The clock of the authorization server is ahead: a cached token of "after" the eviction. */
  @Test
  void aKnownTokenIsDeniedAlsoIfItSeemsToBeIssuedLater() {
    Token ahead = alice(NOW + 20);
    list.addUser(null, "alice");
    assertThat(denies(ahead)).isFalse();
    list.addIfIssuedLater(ahead.key(), ahead.result());

    assertThat(denies(ahead)).isTrue();
  }
}
