package dev.gatehouse.bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The minimum cost of a cache with hashed tokens: SHA-256 of a 43-character token in preallocated
 * buffers, and one lookup in a Caffeine cache of 10,000 entries with individual expiry times.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FloorBenchmark {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final String token = Tokens.of(Tokens.ACTIVE, 1, 1);
  private final byte[] characters = new byte[Tokens.LENGTH];
  private final byte[] hash = new byte[32];
  private final Cache<Key, String> cache =
      Caffeine.newBuilder()
          .maximumSize(100_000)
          .executor(Runnable::run)
          .expireAfter(Expiry.<Key, String>creating((key, value) -> Duration.ofHours(1)))
          .build();

  @SuppressWarnings("NullAway.Init")
  private MessageDigest sha256;

  private record Key(long a, long b, long c, long d) {
    @Override
    public int hashCode() {
      return (int) a;
    }
  }

  /** Fills the cache. */
  @Setup
  public void fill() throws GeneralSecurityException {
    sha256 = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < 10_000; i++) {
      cache.put(key(Tokens.of(Tokens.ACTIVE, 1, i)), "known");
    }
    if (lookUp() == null) {
      throw new IllegalStateException("the token is not in the cache");
    }
  }

  /** Hashes the token and looks it up. */
  @Benchmark
  public @Nullable String lookUp() throws DigestException {
    return cache.getIfPresent(key(token));
  }

  /** Does the same with a new digest for each request, as is usual. */
  @Benchmark
  public @Nullable String lookUpWithNewDigest() throws GeneralSecurityException {
    return cache.getIfPresent(key(token, MessageDigest.getInstance("SHA-256")));
  }

  private Key key(String token) throws DigestException {
    return key(token, sha256);
  }

  @SuppressWarnings("deprecation") // the only way to get the ASCII bytes without a copy
  private Key key(String token, MessageDigest digest) throws DigestException {
    token.getBytes(0, Tokens.LENGTH, characters, 0);
    digest.update(characters);
    digest.digest(hash, 0, hash.length);
    return new Key(
        (long) LONG.get(hash, 0),
        (long) LONG.get(hash, 8),
        (long) LONG.get(hash, 16),
        (long) LONG.get(hash, 24));
  }
}
