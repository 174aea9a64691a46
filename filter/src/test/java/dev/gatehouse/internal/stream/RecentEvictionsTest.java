package dev.gatehouse.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecentEvictionsTest {

  private static final BearerToken TOKEN = new BearerToken("a-token");

  private static final VerificationResult.Active RESULT =
      new VerificationResult.Active(
          new TokenClaims(
              "alice",
              new TokenClaims.Terms(
                  null, null, List.of(), Set.of(), null, null, null, false, false),
              TokenClaims.NEVER,
              0,
              Map.of()),
          new TrustedServer(
              "as", null, null, new AudienceAlternative.Refused(), false, TrustLimits.NONE));

  private final RecentEvictions evictions = new RecentEvictions();

  private void evictOthers(int count) {
    for (int i = 0; i < count; i++) {
      evictions.add((token, result) -> false);
    }
  }

  @Test
  void onlyEvictionsSinceThenCount() {
    evictions.add((token, result) -> true);
    long then = evictions.count();
    assertThat(evictions.coverSince(then, TOKEN, RESULT)).isFalse();
    evictOthers(3);
    assertThat(evictions.coverSince(then, TOKEN, RESULT)).isFalse();
    evictions.add((token, result) -> token.equals(TOKEN));
    evictOthers(3);
    assertThat(evictions.coverSince(then, TOKEN, RESULT)).isTrue();
  }

  @Test
  void evictionsThatAreNotKeptAnyMoreMayHaveCoveredTheToken() {
    evictOthers(100_000);
    long then = evictions.count();
    evictOthers(16_384);
    assertThat(evictions.coverSince(then, TOKEN, RESULT)).isFalse();
    evictOthers(1);
    assertThat(evictions.coverSince(then, TOKEN, RESULT)).isTrue();
  }

  @Test
  void theFirstOfMuchMoreEvictionsThanUsualIsStillKnown() {
    for (int before : new int[] {0, 1, 63, 64, 65, 500}) {
      RecentEvictions many = new RecentEvictions();
      for (int i = 0; i < before; i++) {
        many.add((token, result) -> true);
      }
      long then = many.count();
      many.add((token, result) -> token.equals(TOKEN));
      for (int i = 0; i < 16_383; i++) {
        many.add((token, result) -> false);
      }
      assertThat(many.coverSince(then, TOKEN, RESULT)).as("%s before", before).isTrue();
      assertThat(many.coverSince(then + 1, TOKEN, RESULT)).as("%s before", before).isFalse();
    }
  }
}
