package dev.gatehouse.internal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.concurrent.SingleFlight.Wait;
import dev.gatehouse.internal.introspection.Introspectors;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.verify.ResultCache.Lookup;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the cache holds, and for how long. */
class ResultCacheTest {

  private static final TrustedServer SERVER =
      new TrustedServer(
          "as", null, null, new AudienceAlternative.Refused(), false, TrustLimits.NONE);

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final BearerToken token = new BearerToken(Secrets.token());
  private final TokenKey key = TokenKey.of(token, SERVER);

  private ResultCache cache(Duration stale, boolean remembersActive) {
    return new ResultCache(
        List.of(SERVER),
        new DenyList(List.of(), clock),
        new CacheSettings(
            Duration.ofSeconds(30), Duration.ofSeconds(5), 1000, 1_000_000, stale, remembersActive),
        clock,
        () -> Duration.between(ManualClock.NOW, clock.instant()).toNanos());
  }

  private VerificationResult.Active active(String members) {
    try {
      TokenClaims claims =
          Introspectors.read("{\"active\":true,\"token_type\":\"Bearer\"" + members + "}", token)
              .orElseThrow();
      return new VerificationResult.Active(claims, SERVER);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Stores a result and returns a reference to its claims that does not keep them. */
  private WeakReference<TokenClaims> store(ResultCache cache, String members) {
    VerificationResult.Active result = active(members);
    assertThat(cache.verifyOnce(key, () -> Wait.upTo(Duration.ofMinutes(1)), () -> result))
        .contains(result);
    return new WeakReference<>(result.claims());
  }

  @ParameterizedTest(name = "stale for {0}s, {1}")
  @CsvSource({"0, ''", "60, ''", "0, ',\"exp\":{soon}'"})
  void aResultThatIsNoLongerUsableKeepsNoClaimsButCountsAsRecentlyActive(
      int stale, String members) {
    ResultCache cache = cache(Duration.ofSeconds(stale), true);
    String soon = Long.toString(ManualClock.NOW.plusSeconds(10).getEpochSecond());
    WeakReference<TokenClaims> claims = store(cache, members.replace("{soon}", soon));
    assertThat(cache.lookup(key)).isInstanceOf(Lookup.Fresh.class);

    clock.advance(Duration.ofSeconds(30 + stale));
    assertThat(cache.lookup(key)).isInstanceOf(Lookup.RecentlyActive.class);
    assertThat(cache.size()).isZero();
    Await.until(
        "the claims are collected",
        () -> {
          System.gc();
          return claims.get() == null;
        });
    assertThat(cache.lookup(key)).isInstanceOf(Lookup.RecentlyActive.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 300, 599})
  void aTokenIsRecentlyActiveForTenMinutesFromItsLatestResult(int firstLookup) {
    ResultCache cache = cache(Duration.ZERO, true);
    store(cache, "");

    clock.advance(Duration.ofSeconds(firstLookup));
    assertThat(cache.lookup(key)).isInstanceOf(Lookup.RecentlyActive.class);
    clock.advance(Duration.ofSeconds(600 - firstLookup).minusNanos(1));
    assertThat(cache.lookup(key)).isInstanceOf(Lookup.RecentlyActive.class);
    clock.advance(Duration.ofNanos(1));
    assertThat(cache.lookup(key)).isInstanceOf(Lookup.Absent.class);
  }

  @Test
  void withoutALimitOnBadTokensNothingIsRemembered() {
    ResultCache cache = cache(Duration.ZERO, false);
    store(cache, "");

    clock.advance(Duration.ofSeconds(30));

    assertThat(cache.lookup(key)).isInstanceOf(Lookup.Absent.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "all"})
  void anEvictionAlsoForgetsThatATokenWasActive(String what) {
    for (int age : new int[] {1, 31, 60}) {
      ResultCache cache = cache(Duration.ZERO, true);
      store(cache, "");
      clock.advance(Duration.ofSeconds(age));
      if (age == 60) {
        assertThat(cache.lookup(key)).isInstanceOf(Lookup.RecentlyActive.class);
      }

      if (what.equals("all")) {
        cache.evictAll();
      } else {
        cache.evictToken(token.value());
      }

      assertThat(cache.lookup(key)).isInstanceOf(Lookup.Absent.class);
    }
  }

  @Test
  void anInactiveResultEndsTheRecentActivity() {
    ResultCache cache = cache(Duration.ZERO, true);
    store(cache, "");
    clock.advance(Duration.ofSeconds(31));
    VerificationResult inactive =
        new VerificationResult.Inactive(Reason.INACTIVE, "the response has active=false");
    cache.verifyOnce(key, () -> Wait.upTo(Duration.ofMinutes(1)), () -> inactive);

    clock.advance(Duration.ofSeconds(6));

    assertThat(cache.lookup(key)).isInstanceOf(Lookup.Absent.class);
  }
}
