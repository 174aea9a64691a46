package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenDigest;
import dev.gatehouse.internal.token.TrustedServer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The key of a result in the cache: the SHA-256 of the token, and the server that verifies it. The
 * token can't be derived from the key.
 */
final class TokenKey {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Odd and secret, so that no client can choose tokens whose keys share a bucket. */
  private static final long MULTIPLIER = new SecureRandom().nextLong() | 1;

  private final long first;
  private final long second;
  private final long third;
  private final long fourth;
  private final TrustedServer server;

  private TokenKey(long first, long second, long third, long fourth, TrustedServer server) {
    this.first = first;
    this.second = second;
    this.third = third;
    this.fourth = fourth;
    this.server = server;
  }

  /** The key of a token at this server. */
  static TokenKey of(BearerToken token, TrustedServer server) {
    TokenDigest sha256 = TokenDigest.borrow();
    try {
      return of(token.hashWith(sha256), server);
    } finally {
      sha256.giveBack();
    }
  }

  /**
   * The key of a token whose hash is known.
   *
   * @param hash SHA-256, 32 bytes
   */
  static TokenKey of(byte[] hash, TrustedServer server) {
    return new TokenKey(
        (long) LONG.get(hash, 0),
        (long) LONG.get(hash, 8),
        (long) LONG.get(hash, 16),
        (long) LONG.get(hash, 24),
        server);
  }

  /** The key of the same token at another server. */
  @SuppressWarnings("ReferenceEquality") // as in equals
  TokenKey at(TrustedServer other) {
    return other == server ? this : new TokenKey(first, second, third, fourth, other);
  }

  TrustedServer server() {
    return server;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // servers are created once
  public boolean equals(@Nullable Object other) {
    return other instanceof TokenKey key
        && first == key.first
        && second == key.second
        && third == key.third
        && fourth == key.fourth
        && server == key.server;
  }

  /** Multiply-shift hashing: two keys collide once in 2³¹, even for chosen tokens. */
  @Override
  public int hashCode() {
    return (int) ((first * MULTIPLIER) >>> 32);
  }

  @Override
  public String toString() {
    return "TokenKey[%08x]".formatted(first >>> 32);
  }
}
