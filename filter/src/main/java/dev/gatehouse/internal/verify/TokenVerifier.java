package dev.gatehouse.internal.verify;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.gatehouse.internal.concurrent.SingleFlight;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.verify.ResultCache.Lookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies a token: with a cached result, the result of a verification that is under way, or a
 * verification of its own, locally or by a request. This class is thread-safe.
 */
public final class TokenVerifier {

  private static final Logger log = LoggerFactory.getLogger(TokenVerifier.class);

  /** After this many shared results that refuse other clients, a request verifies itself. */
  private static final int MAX_REFUSALS_OF_OTHERS = 3;

  /** Nobody is to blame for a good token that was revoked. */
  private static final BadTokenLimit NO_LIMIT = new BadTokenLimit(0, Ticker.systemTicker());

  private final ServerSelection servers;
  private final ResultCache cache;
  private final BadTokenLimit badTokens;
  private final Bulkhead bulkhead;

  private final DenyList denied;

  /** How long a verification may take, with some time for the thread that ends it. */
  private final Duration longestVerification;

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder staleServed = new LongAdder();

  /** One server that may know the token, and the cached result of that server. */
  private record Candidate(ServerVerifier server, TokenKey key, Lookup known) {}

  /**
   * Creates a verifier.
   *
   * @param requestTimeout of one verification
   */
  public TokenVerifier(
      ServerSelection servers,
      ResultCache cache,
      BadTokenLimit badTokens,
      Duration requestTimeout,
      Bulkhead bulkhead) {
    this.servers = servers;
    this.cache = cache;
    this.badTokens = badTokens;
    this.bulkhead = bulkhead;
    this.denied = cache.denied();
    this.longestVerification = requestTimeout.plus(Bulkhead.MAX_WAIT);
  }

  public Bulkhead bulkhead() {
    return bulkhead;
  }

  /** How many lookups found a fresh result. */
  public long hits() {
    return hits.sum();
  }

  /** How many lookups found none. */
  public long misses() {
    return misses.sum();
  }

  /** How many stale results were used during outages. */
  public long staleServed() {
    return staleServed.sum();
  }

  /**
   * Verifies a token. Blocks the calling thread if there is no fresh result.
   *
   * @param clientAddress the address to charge for a bad token; read only before a verification
   */
  public VerificationResult verify(BearerToken token, Supplier<String> clientAddress) {
    return verify(token, badTokens, clientAddress);
  }

  /**
   * Verifies a token again that was admitted before, in the same way, except that nobody is charged
   * if it has become inactive.
   */
  public VerificationResult recheck(BearerToken token) {
    return verify(token, NO_LIMIT, () -> "");
  }

  private VerificationResult verify(
      BearerToken token, BadTokenLimit limit, Supplier<String> clientAddress) {
    List<ServerVerifier> possible = servers.forToken(token);
    if (possible.isEmpty()) {
      return new VerificationResult.Inactive(
          Reason.ISSUER, "no authorization server of the settings issues such tokens");
    }
    // A fresh active result of any server makes requests to the others unnecessary.
    TokenKey key = TokenKey.of(token, possible.get(0).server());
    Lookup first = cache.lookup(key);
    if (isActive(first)) {
      return hit(first); // most requests end here, without any allocation
    }
    List<Candidate> candidates = new ArrayList<>(possible.size());
    candidates.add(new Candidate(possible.get(0), key, first));
    for (ServerVerifier other : possible.subList(1, possible.size())) {
      TokenKey keyThere = key.at(other.server());
      Lookup known = cache.lookup(keyThere);
      if (isActive(known)) {
        return hit(known);
      }
      candidates.add(new Candidate(other, keyThere, known));
    }
    BadTokenCharge charge = new BadTokenCharge(limit, clientAddress);
    VerificationResult result = firstConclusive(candidates, token, charge);
    charge.settle(result);
    return result;
  }

  private static boolean isActive(Lookup known) {
    return known instanceof Lookup.Fresh fresh
        && fresh.result() instanceof VerificationResult.Active;
  }

  private VerificationResult hit(Lookup known) {
    hits.increment();
    return ((Lookup.Fresh) known).result();
  }

  /**
   * Active wins. Otherwise Unavailable outweighs Inactive, because an unreachable server might know
   * the token.
   */
  private VerificationResult firstConclusive(
      List<Candidate> candidates, BearerToken token, BadTokenCharge charge) {
    VerificationResult best = verifyAt(candidates.get(0), token, charge);
    for (Candidate next : candidates.subList(1, candidates.size())) {
      if (best instanceof VerificationResult.Active) {
        return best;
      }
      VerificationResult result = verifyAt(next, token, charge);
      if (result instanceof VerificationResult.Active
          || best instanceof VerificationResult.Inactive) {
        best = result;
      }
    }
    return best;
  }

  private VerificationResult verifyAt(
      Candidate candidate, BearerToken token, BadTokenCharge charge) {
    if (candidate.known() instanceof Lookup.Fresh fresh) {
      return hit(fresh);
    }
    misses.increment();
    return staleIfOutage(candidate, verifyUncached(candidate, token, charge));
  }

  /** Returns an expired result instead of {@code result} only during an outage. */
  private VerificationResult staleIfOutage(Candidate candidate, VerificationResult result) {
    if (!(candidate.known() instanceof Lookup.Stale)
        || !(result instanceof VerificationResult.Unavailable unavailable && unavailable.outage())
        // It may have been evicted, or become too old, during the verification.
        || !(cache.lookup(candidate.key()) instanceof Lookup.Stale stale)) {
      return result;
    }
    log.warn("stale result used: {} reason={}", candidate.key(), unavailable.reason().code());
    staleServed.increment();
    return stale.result();
  }

  /** Tries again after a shared result that refuses another client for its bad tokens. */
  private VerificationResult verifyUncached(
      Candidate candidate, BearerToken token, BadTokenCharge charge) {
    Verification verification = new Verification(candidate, token, charge);
    for (int i = 0; i < MAX_REFUSALS_OF_OTHERS; i++) {
      VerificationResult result = runOrShare(candidate, verification);
      if (verification.hasRun || !isRefusalOfClient(result)) {
        return result;
      }
    }
    return verification.get();
  }

  private static boolean isRefusalOfClient(VerificationResult result) {
    return result instanceof VerificationResult.Unavailable unavailable
        && unavailable.reason() == Reason.TOO_MANY_BAD_TOKENS;
  }

  private VerificationResult runOrShare(Candidate candidate, Verification verification) {
    if (!cache.isOn()) {
      return verification.get(); // sharing another request's result would be caching
    }
    return cache
        .verifyOnce(candidate.key(), () -> waitFor(verification.call), verification)
        .orElseGet(() -> busy(verification.call, "the shared verification of this token is slow"));
  }

  /** How long a request may wait for the same verification by another one. */
  private SingleFlight.Wait waitFor(VerificationCall call) {
    return call.mayBlock()
        ? bulkhead.follow(longestVerification, call.isUnresponsive())
        : SingleFlight.Wait.upTo(Bulkhead.MAX_WAIT);
  }

  private VerificationResult busy(VerificationCall call, String detail) {
    return new VerificationResult.Unavailable(
        Reason.BUSY,
        detail,
        VerificationResult.Unavailable.RETRY_AFTER,
        call.isUnresponsive() || bulkhead.isStalled());
  }

  /** The verification that a request runs unless it can share another one. */
  private final class Verification implements Supplier<VerificationResult> {

    private final Candidate candidate;
    private final VerificationCall call;
    private final BadTokenCharge charge;
    private boolean hasRun;

    Verification(Candidate candidate, BearerToken token, BadTokenCharge charge) {
      this.candidate = candidate;
      this.call = candidate.server().call(token); // its time limit includes all waits
      this.charge = charge;
    }

    /** All that a token without a cached result passes, whatever verifies it. */
    @Override
    public VerificationResult get() {
      hasRun = true;
      boolean wasRecentlyActive = !(candidate.known() instanceof Lookup.Absent);
      Optional<VerificationResult> refusal =
          wasRecentlyActive ? Optional.empty() : charge.charge(candidate.server());
      if (refusal.isPresent()) {
        return refusal.get();
      }
      VerificationResult decided = call.decideNow();
      VerificationResult result = decided == null ? sendWithPermit() : decided;
      return call.isLocal() ? denied.check(candidate.key(), result) : result;
    }

    private VerificationResult sendWithPermit() {
      return bulkhead
          .run(candidate.key(), call)
          .orElseGet(() -> busy(call, "no more may be under way, or this token hung"));
    }
  }
}
