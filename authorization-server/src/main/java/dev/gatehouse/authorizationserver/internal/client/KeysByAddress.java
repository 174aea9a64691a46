package dev.gatehouse.authorizationserver.internal.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.jwk.JWK;
import dev.gatehouse.authorizationserver.internal.endpoint.ClientUnreachableException;
import dev.gatehouse.authorizationserver.internal.settings.DocumentRateLimits;
import dev.gatehouse.authorizationserver.store.PublicKeys;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of clients that give their address, {@code jwks_uri} (RFC 7591 §2). They are fetched
 * when the first assertion arrives, when they are no longer fresh, and when they do not verify an
 * assertion, as after a change of keys; but not within ten seconds of the last fetch.
 *
 * <p>Anyone can give any address. So a fetch counts as a failure of the caller, and of the target,
 * unless an assertion proves that the keys at this address belong to the client.
 */
public final class KeysByAddress {
  private static final Logger LOG = LoggerFactory.getLogger(KeysByAddress.class);

  /** Forged assertions cannot make this server fetch keys more often. */
  private static final Duration PAUSE = CacheLifetime.SHORTEST;

  /**
   * How long keys serve if their host is down, counted from their fetch. Not for other reasons:
   * callers can use up their share of the fetches, and send assertions during a fetch, so the thief
   * of a key that was removed would decide how long it serves.
   */
  private static final Duration USABLE_FOR = Duration.ofHours(1);

  private static final int MAX_ATTEMPTS = 10_000;

  /** In characters of the fetched text. */
  private static final int MAX_SIZE = 16 * 1024 * 1024;

  /** The rest of what an entry needs. */
  private static final int SIZE_OF_ENTRY = 1_000;

  private final DocumentFetcher fetcher;
  private final FetchPermits permits;
  private final InstantSource clock;
  private final Cache<URI, Keys> known;

  /** The last fetch: the reason of an outage, empty if there was a response. */
  private final Cache<URI, Optional<String>> attempts;

  private final ConcurrentMap<URI, CompletableFuture<Boolean>> running = new ConcurrentHashMap<>();

  /**
   * Keys that were fetched.
   *
   * @param proven whether keys at this address have verified an assertion
   * @param outage whether their host was down when they were to be fetched again
   */
  private record Keys(
      List<JWK> keys,
      int size,
      Instant fetchedAt,
      Duration lifetime,
      boolean proven,
      boolean outage) {
    Keys {
      keys = List.copyOf(keys);
    }

    Keys asProven() {
      return new Keys(keys, size, fetchedAt, lifetime, true, outage);
    }

    Keys afterOutage() {
      return new Keys(keys, size, fetchedAt, lifetime, proven, true);
    }

    /** How long they serve if they cannot be fetched again now. */
    Duration usableFor() {
      return outage ? USABLE_FOR : CacheLifetime.LONGEST;
    }
  }

  /** Keys at public addresses, for a server without metadata documents. */
  public static KeysByAddress atPublicAddresses(RateLimitFactory limits, InstantSource clock) {
    return new KeysByAddress(
        DocumentFetcher.of(PublicAddress.access()),
        new FetchPermits(DocumentRateLimits.of(limits, clock)),
        clock);
  }

  public KeysByAddress(DocumentFetcher fetcher, FetchPermits permits, InstantSource clock) {
    this.fetcher = fetcher;
    this.permits = permits;
    this.clock = clock;
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(MAX_SIZE)
            .weigher((URI address, Keys keys) -> keys.size() + SIZE_OF_ENTRY)
            .build();
    this.attempts =
        Caffeine.newBuilder()
            .maximumSize(MAX_ATTEMPTS)
            .expireAfterWrite(PAUSE)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.instant().toEpochMilli()))
            .build();
  }

  /**
   * Tells whether the keys at an address verify an assertion.
   *
   * @param signature tells whether one of some keys verifies the assertion
   * @throws ClientUnreachableException when it is unknown, because the keys cannot be fetched
   */
  boolean verify(URI address, Predicate<List<JWK>> signature) {
    if (isVerifiedByFreshKeys(address, signature)) {
      return true;
    }
    Optional<String> attempt = attempts.getIfPresent(address);
    if (attempt != null) {
      return verifyAfter(attempt, address, signature);
    }
    CompletableFuture<Boolean> other = running.get(address);
    if (other != null) {
      return verifyAfter(other, address, signature);
    }
    boolean isProven = isProven(address);
    Optional<FetchPermits.Permit> permit =
        isProven ? permits.enterForKnown() : permits.enterForUnknown();
    if (permit.isEmpty()) {
      return verifyByLastKeys(address, signature, "too many concurrent look-ups of this caller");
    }
    if (!permit.get().chargeCaller()) {
      permit.get().close();
      return verifyByLastKeys(address, signature, "too many failed look-ups of this caller");
    }
    CompletableFuture<Boolean> own = new CompletableFuture<>();
    other = running.putIfAbsent(address, own);
    if (other != null) {
      permit.get().refund();
      permit.get().close();
      return verifyAfter(other, address, signature);
    }
    try {
      return verifyByFetch(address, signature, isProven, permit.get());
    } finally {
      running.remove(address, own);
      own.complete(true);
    }
  }

  private boolean verifyByFetch(
      URI address, Predicate<List<JWK>> signature, boolean isProven, FetchPermits.Permit permit) {
    Optional<String> attempt = attempts.getIfPresent(address);
    if (attempt != null) {
      // Another fetch has ended since this request looked.
      permit.refund();
      permit.close();
      return verifyAfter(attempt, address, signature);
    }
    DocumentFetcher.Outcome outcome =
        isProven
            ? fetcher.fetchAgain(address, permit::close)
            : fetcher.fetch(address, permit::chargeTargets, permit::close);
    if (outcome instanceof DocumentFetcher.Busy busy) {
      permit.refund();
      return verifyByLastKeys(address, signature, busy.why());
    }
    if (outcome instanceof DocumentFetcher.Unreachable unreachable) {
      known.asMap().computeIfPresent(address, (same, latest) -> latest.afterOutage());
      attempts.put(address, Optional.of(unreachable.why()));
      return verifyByLastKeys(address, signature, unreachable.why());
    }
    remember(address, outcome, isProven);
    attempts.put(address, Optional.empty());
    boolean verified = isVerifiedByFreshKeys(address, signature);
    if (verified) {
      permit.refund();
    }
    return verified;
  }

  private void remember(URI address, DocumentFetcher.Outcome outcome, boolean isProven) {
    String why;
    if (outcome instanceof DocumentFetcher.Fetched document) {
      try {
        known.put(
            address,
            new Keys(
                PublicKeys.parseFetched(document.body()),
                document.body().length(),
                clock.instant(),
                document.lifetime(),
                isProven,
                false));
        return;
      } catch (ParseException e) {
        // The parser's message may quote the document.
        why = "not a set of public keys of which each has a kid of its own";
      }
    } else if (outcome instanceof DocumentFetcher.NoDocument none) {
      why = none.why();
    } else {
      throw new IllegalStateException("unknown outcome " + outcome.getClass());
    }
    LOG.info("no keys of a client at {}: {}", address, why);
    known.invalidate(address);
  }

  /** The result shortly after a fetch. */
  private boolean verifyAfter(
      Optional<String> attempt, URI address, Predicate<List<JWK>> signature) {
    return attempt.isPresent()
        ? verifyByLastKeys(address, signature, attempt.get())
        : isVerifiedByFreshKeys(address, signature);
  }

  /** The result of a request during another one's fetch. */
  private boolean verifyAfter(
      CompletableFuture<Boolean> other, URI address, Predicate<List<JWK>> signature) {
    if (isVerifiedByUsableKeys(address, signature)) {
      return true;
    }
    permits.await(other);
    Optional<String> attempt = attempts.getIfPresent(address);
    return attempt == null
        ? verifyByLastKeys(address, signature, "too many concurrent look-ups")
        : verifyAfter(attempt, address, signature);
  }

  private boolean verifyByLastKeys(URI address, Predicate<List<JWK>> signature, String why) {
    if (isVerifiedByUsableKeys(address, signature)) {
      return true;
    }
    throw new ClientUnreachableException(why);
  }

  private boolean isVerifiedByFreshKeys(URI address, Predicate<List<JWK>> signature) {
    Keys keys = known.getIfPresent(address);
    return keys != null && isVerified(address, keys, keys.lifetime(), signature);
  }

  private boolean isVerifiedByUsableKeys(URI address, Predicate<List<JWK>> signature) {
    Keys keys = known.getIfPresent(address);
    return keys != null && isVerified(address, keys, keys.usableFor(), signature);
  }

  private boolean isVerified(
      URI address, Keys keys, Duration serve, Predicate<List<JWK>> signature) {
    if (!clock.instant().isBefore(keys.fetchedAt().plus(serve)) || !signature.test(keys.keys())) {
      return false;
    }
    if (!keys.proven()) {
      known.asMap().computeIfPresent(address, (same, latest) -> latest.asProven());
    }
    return true;
  }

  private boolean isProven(URI address) {
    @Nullable Keys keys = known.getIfPresent(address);
    return keys != null && keys.proven();
  }
}
