package dev.gatehouse.internal.proof;

import dev.gatehouse.internal.syntax.Base64Url;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The nonces that proofs must contain (RFC 9449 §9): one for all clients, which a new one replaces
 * every three minutes. The nonce before is accepted, too. They are random, and forgotten when the
 * process ends, so proofs that were made before do not outlive it. This class is thread-safe.
 */
final class Nonces {

  static final Duration PERIOD = Duration.ofMinutes(3);

  private static final SecureRandom RANDOM = new SecureRandom();

  private final InstantSource clock;
  private volatile Period latest;

  private record Period(long number, String nonce, @Nullable String before) {}

  /**
   * Creates the first nonce.
   *
   * @param clock that is never set back
   */
  Nonces(InstantSource clock) {
    this.clock = clock;
    this.latest = new Period(number(), random(), null);
  }

  /** The nonce that clients should use from now on. */
  String current() {
    return now().nonce;
  }

  /** Whether a proof with this nonce was made after the beginning of the period before. */
  boolean accepts(@Nullable String nonce) {
    Period now = now();
    return nonce != null && (nonce.equals(now.nonce) || nonce.equals(now.before));
  }

  private Period now() {
    Period known = latest;
    return known.number == number() ? known : next();
  }

  private synchronized Period next() {
    Period known = latest;
    long number = number();
    if (known.number != number) {
      latest = new Period(number, random(), known.number == number - 1 ? known.nonce : null);
    }
    return latest;
  }

  private long number() {
    return Math.floorDiv(clock.millis(), PERIOD.toMillis());
  }

  private static String random() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return Base64Url.encode(bytes);
  }
}
