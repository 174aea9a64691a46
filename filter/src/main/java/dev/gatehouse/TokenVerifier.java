package dev.gatehouse;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what the authorization server says of a token: from the cache, from the answer that another
 * request is waiting for already, or by asking.
 */
final class TokenVerifier {

  private static final Logger log = LoggerFactory.getLogger(TokenVerifier.class);

  /** After that many, a request that has waited for others' questions asks alone. */
  private static final int MOST_REFUSALS_OF_OTHERS = 3;

  private final ServerChoice choice;
  private final IntrospectionCache cache;
  private final Bulkhead bulkhead;

  private final PeerLimit limit;

  /** How long a question may take from here, the wait for a place included. */
  private final Duration longestQuestion;

  private final Duration maxWait;

  /** So many ask, or wait as long as that takes for what another asks; all others are impatient. */
  private final Semaphore patience;

  TokenVerifier(ServerChoice choice, IntrospectionCache cache, PeerLimit limit, Settings settings) {
    this(choice, cache, limit, settings, Bulkhead.MAX_WAIT);
  }

  /** With another time to wait for a place. */
  TokenVerifier(
      ServerChoice choice,
      IntrospectionCache cache,
      PeerLimit limit,
      Settings settings,
      Duration maxWait) {
    this.choice = choice;
    this.cache = cache;
    this.limit = limit;
    this.bulkhead = new Bulkhead(settings.maxConcurrentIntrospections);
    this.longestQuestion = settings.requestTimeout.plus(maxWait);
    this.maxWait = maxWait;
    this.patience = new Semaphore(settings.maxConcurrentIntrospections);
  }

  Bulkhead bulkhead() {
    return bulkhead;
  }

  /**
   * Waits for an answer on the calling thread, if there is none that is fresh.
   *
   * @param peer who is calling; asked for only when a question has to be
   */
  Verdict verify(BearerToken token, Supplier<String> peer) {
    List<Introspector> servers = choice.forToken(token);
    if (servers.isEmpty()) {
      return new Verdict.Inactive(Reason.ISSUER, "no trusted authorization server issues such");
    }
    TokenKey key = token.keyAt(servers.get(0).server());
    Verdict known = knownActive(servers, key);
    if (known != null) {
      return known;
    }
    PeerCharge charge = new PeerCharge(limit, peer);
    Verdict verdict =
        firstToKnow(servers, server -> verdictOf(server, key.at(server.server()), token, charge));
    charge.settle(verdict);
    return verdict;
  }

  /** Looked for everywhere first: one server's fresh answer spares the question to another. */
  private @Nullable Verdict knownActive(List<Introspector> servers, TokenKey key) {
    for (int i = 0; i < servers.size(); i++) { // no iterator: every request comes by here
      Verdict known = cache.findActive(key.at(servers.get(i).server()));
      if (known != null) {
        cache.hits.increment();
        return known;
      }
    }
    return null;
  }

  /** One that does not know the token says little; one that can't be asked leaves it open. */
  private static Verdict firstToKnow(
      List<Introspector> servers, Function<Introspector, Verdict> asking) {
    Verdict best = asking.apply(servers.get(0));
    for (Introspector next : servers.subList(1, servers.size())) {
      if (best instanceof Verdict.Active) {
        return best;
      }
      Verdict verdict = asking.apply(next);
      if (verdict instanceof Verdict.Active || best instanceof Verdict.Inactive) {
        best = verdict;
      }
    }
    return best;
  }

  private Verdict verdictOf(
      Introspector server, TokenKey key, BearerToken token, PeerCharge charge) {
    Verdict known = cache.find(key);
    if (known != null) {
      cache.hits.increment();
      return known;
    }
    cache.misses.increment();
    return orStale(key, askWithinLimit(server, key, token, charge));
  }

  /** An outage is the only thing that a token which has been good outlasts. */
  private Verdict orStale(TokenKey key, Verdict verdict) {
    if (!(verdict instanceof Verdict.Unavailable unavailable && unavailable.outage())) {
      return verdict;
    }
    Verdict.Active stale = cache.findStale(key);
    if (stale == null) {
      return verdict;
    }
    log.warn("stale answer used: {} reason={}", key, unavailable.reason().code());
    cache.staleServed.increment();
    return stale;
  }

  /** Asks, or waits for whoever does; what another peer is refused for is not for us. */
  private Verdict askWithinLimit(
      Introspector server, TokenKey key, BearerToken token, PeerCharge charge) {
    Question question = new Question(server, key, token, charge);
    for (int i = 0; i < MOST_REFUSALS_OF_OTHERS; i++) {
      Verdict verdict = askOrWait(server, key, question);
      if (question.asked || !isRefusalOfPeer(verdict)) {
        return verdict;
      }
    }
    return question.get();
  }

  private static boolean isRefusalOfPeer(Verdict verdict) {
    return verdict instanceof Verdict.Unavailable unavailable
        && unavailable.reason() == Reason.TOO_MANY_BAD_TOKENS;
  }

  /** What one request would ask, if no other request is asking the same. */
  private final class Question implements Supplier<Verdict> {

    private final Introspector server;
    private final TokenKey key;
    private final BearerToken token;
    private final PeerCharge charge;
    private boolean asked;

    Question(Introspector server, TokenKey key, BearerToken token, PeerCharge charge) {
      this.server = server;
      this.key = key;
      this.token = token;
      this.charge = charge;
    }

    @Override
    public Verdict get() {
      asked = true;
      Optional<Verdict> refusal = cache.hasBeenGood(key) ? Optional.empty() : charge.charge();
      return refusal.isPresent() ? refusal.get() : ask(server, token);
    }
  }

  private Verdict askOrWait(Introspector server, TokenKey key, Supplier<Verdict> question) {
    if (!cache.isOn()) {
      return question.get(); // an answer to another's earlier question would be a cached one
    }
    boolean patient = patience.tryAcquire();
    try {
      return cache
          .ask(key, patient ? longestQuestion : mostWait(server), question)
          .orElseGet(() -> busy(server, "another request's question about this token is slow"));
    } finally {
      if (patient) {
        patience.release();
      }
    }
  }

  /**
   * Waiting for an unresponsive server would hold a thread that callers with cached tokens need.
   */
  private Duration mostWait(Introspector server) {
    return server.isUnresponsive() ? Duration.ZERO : maxWait;
  }

  private static Verdict busy(Introspector server, String detail) {
    return new Verdict.Unavailable(
        Reason.BUSY, detail, Verdict.Unavailable.RETRY_AFTER, server.isUnresponsive());
  }

  private Verdict ask(Introspector server, BearerToken token) {
    if (!bulkhead.enter(mostWait(server))) {
      return busy(server, "as many introspections as max-concurrent-introspections allows");
    }
    try {
      return server.introspect(token);
    } finally {
      bulkhead.leave();
    }
  }
}
