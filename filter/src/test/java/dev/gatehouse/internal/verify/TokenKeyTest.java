package dev.gatehouse.internal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The cache's key for a token at a server. */
class TokenKeyTest {

  private static final TrustedServer ONE = server("one");
  private static final TrustedServer TWO = server("two");

  private static TrustedServer server(String name) {
    return new TrustedServer(
        name, null, null, new AudienceAlternative.Refused(), false, TrustLimits.NONE);
  }

  private static TokenKey key(long first, long second, long third, long fourth) {
    byte[] hash = new byte[32];
    ByteBuffer.wrap(hash).putLong(first).putLong(second).putLong(third).putLong(fourth);
    return TokenKey.of(hash, ONE);
  }

  @Test
  void theSameTokenAtTheSameServerHasTheSameKey() {
    TokenKey key = TokenKey.of(new BearerToken("abc"), ONE);

    assertThat(key).isEqualTo(TokenKey.of(new BearerToken("abc"), ONE));
    assertThat(key).hasSameHashCodeAs(TokenKey.of(new BearerToken("abc"), ONE));
    assertThat(key.at(ONE)).isEqualTo(key);
    assertThat(key.at(TWO)).isEqualTo(TokenKey.of(new BearerToken("abc"), TWO));
  }

  @Test
  void anotherTokenOrAnotherServerHasAnotherKey() {
    TokenKey key = TokenKey.of(new BearerToken("abc"), ONE);

    assertThat(key).isNotEqualTo(TokenKey.of(new BearerToken("abd"), ONE));
    assertThat(key).isNotEqualTo(TokenKey.of(new BearerToken("abc"), TWO));
    assertThat(key).isNotEqualTo(key.at(TWO));
    assertThat(key).isNotEqualTo("abc");
  }

  @Test
  void everyBitOfTheHashCounts() {
    TokenKey zero = key(0, 0, 0, 0);
    for (int bit = 0; bit < 64; bit++) {
      long one = 1L << bit;
      assertThat(key(one, 0, 0, 0)).isNotEqualTo(zero);
      assertThat(key(0, one, 0, 0)).isNotEqualTo(zero);
      assertThat(key(0, 0, one, 0)).isNotEqualTo(zero);
      assertThat(key(0, 0, 0, one)).isNotEqualTo(zero);
    }
  }

  /** An attacker may find tokens whose hashes share 32 bits at either end. */
  @Test
  void keysThatShareHalfOfTheirBitsDoNotShareABucket() {
    Random random = new Random(42);
    Set<Integer> sameHighBits = new HashSet<>();
    Set<Integer> sameLowBits = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      long bits = random.nextLong();
      sameHighBits.add(key(bits >>> 32, bits, bits, bits).hashCode() & 0xffff);
      sameLowBits.add(key(bits << 32, bits, bits, bits).hashCode() & 0xffff);
    }

    // A thousand keys in 65,536 buckets: about eight collide by chance.
    assertThat(sameHighBits).hasSizeGreaterThan(900);
    assertThat(sameLowBits).hasSizeGreaterThan(900);
  }

  @Test
  void toStringContainsTheHashPrefixThatTheLogUses() {
    // First 8 hex digits of the SHA-256 of "abc", FIPS 180-2 appendix B.1.
    assertThat(TokenKey.of(new BearerToken("abc"), ONE)).hasToString("TokenKey[ba7816bf]");
  }

  @Test
  void theHashOfALongTokenEqualsTheExampleOfTheStandard() {
    // FIPS 180-2 appendix B.3: a million times "a".
    assertThat(TokenKey.of(new BearerToken("a".repeat(1_000_000)), ONE))
        .hasToString("TokenKey[cdc76e5c]");
  }
}
