package dev.gatehouse.internal.jwt;

import dev.gatehouse.internal.discovery.DiscoverableEndpoint;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.jwt.KeySet.Checked;
import dev.gatehouse.internal.jwt.KeySet.Match;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of one authorization server: fetched when first needed, and again in the background.
 * While keys are known, only a JWT that names another key waits for a fetch. This class is
 * thread-safe.
 *
 * <p>Nimbus's {@code JWKSource} has caches, too, but fetches on the threads of callers, where it
 * knows neither their deadlines nor our limits, proxy and reloaded TLS stores.
 */
public final class ServerKeys {

  private static final Logger log = LoggerFactory.getLogger(ServerKeys.class);

  /** The shortest time between two fetches because of an unknown key, or after a failure. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  /** The same while there are no keys. */
  static final Duration SHORT_PAUSE = Duration.ofSeconds(3);

  /**
   * What is known, for health and self-test.
   *
   * @param keyIds of the usable keys
   * @param algorithms that the usable keys can be used with
   * @param fetchedAt when the keys were fetched; null if that has not succeeded yet
   * @param failure why the latest attempt failed; null if it succeeded, or there was none
   */
  public record State(
      List<String> keyIds,
      List<SignatureAlgorithm> algorithms,
      @Nullable Instant fetchedAt,
      @Nullable Unavailable failure) {}

  /** A fetch under way. */
  private static final class Flight {
    final CompletableFuture<Attempt<KeySet>> result = new CompletableFuture<>();
  }

  private final String server;
  private final KeySource source;
  private final Predicate<Runnable> background;
  private final InstantSource clock;

  private volatile KnownKeys known = KnownKeys.NONE;

  /** Guarded by this. */
  private @Nullable Flight flight;

  /** When keys were last fetched because of an unknown one; guarded by this. */
  private Instant lastSearch = Instant.MIN;

  /**
   * Creates keys that have not been fetched.
   *
   * @param server its name, for the log
   * @param algorithms the accepted algorithms: keys for no other are of use
   * @param background starts a task on another thread; returns whether it has
   * @param clock never set back
   */
  public ServerKeys(
      String server,
      DiscoverableEndpoint endpoint,
      Set<SignatureAlgorithm> algorithms,
      BoundedHttpClient http,
      Predicate<Runnable> background,
      InstantSource clock) {
    this(server, new KeyFetch(endpoint, algorithms, http), background, clock);
  }

  ServerKeys(String server, KeySource source, Predicate<Runnable> background, InstantSource clock) {
    this.server = server;
    this.source = source;
    this.background = background;
    this.clock = clock;
  }

  /** Whether keys are known and may be used, so that only an unknown key needs a fetch. */
  public boolean areKnown() {
    return usable() != null;
  }

  public State state() {
    KnownKeys current = known;
    KeySet keys = current.keys();
    return new State(
        keys == null ? List.of() : keys.ids(),
        keys == null ? List.of() : keys.algorithms(),
        keys == null ? null : current.fetchedAt(),
        current.failure());
  }

  /** Fetches the keys by the deadline unless they are known: for the self-test. */
  public Attempt<State> resolve(Deadline deadline) {
    Attempt<KeySet> attempt = keys(deadline);
    return attempt instanceof Attempt.Failed<KeySet> failed
        ? failed.as()
        : new Attempt.Succeeded<>(state());
  }

  /** Forgets that keys could not be fetched, so that the next use fetches them. */
  public void forgetFailure() {
    source.forgetFailure();
    synchronized (this) {
      known = known.forgettingAttempt();
    }
  }

  /** Checks a signature without waiting; null if keys must be fetched first. */
  @Nullable Attempt<Checked> checkNow(UnverifiedJwt jwt) {
    KeySet keys = usable();
    Checked checked = keys == null ? null : keys.check(jwt);
    if (checked == null || (checked.match() == Match.UNKNOWN_KEY && mayFind())) {
      return null;
    }
    return checked.match() == Match.UNKNOWN_KEY
        ? unknownKey(checked)
        : new Attempt.Succeeded<>(checked);
  }

  /** Checks a signature; fetches keys by the deadline if necessary. */
  Attempt<Checked> check(UnverifiedJwt jwt, Deadline deadline) {
    Instant arrival = clock.instant();
    Flight earlier = current();
    Attempt<KeySet> attempt = keys(deadline);
    if (!(attempt instanceof Attempt.Succeeded<KeySet> found)) {
      return ((Attempt.Failed<KeySet>) attempt).as();
    }
    Checked checked = found.value().check(jwt);
    if (checked.match() == Match.UNKNOWN_KEY && earlier != null) { // may have brought the key
      await(earlier, deadline);
      checked = latest(found.value()).check(jwt);
    }
    if (checked.match() == Match.UNKNOWN_KEY && !known.fetchedAt().isAfter(arrival)) {
      Flight search = search();
      if (search != null) {
        Attempt<KeySet> searched = await(search, deadline);
        if (searched instanceof Attempt.Failed<KeySet> failed) {
          return failed.as();
        }
        checked = ((Attempt.Succeeded<KeySet>) searched).value().check(jwt);
      }
    }
    return checked.match() == Match.UNKNOWN_KEY
        ? unknownKey(checked)
        : new Attempt.Succeeded<>(checked);
  }

  /** If the latest fetch failed, the server may have published the key by now. */
  private Attempt<Checked> unknownKey(Checked checked) {
    Unavailable failure = known.failure();
    return failure == null ? new Attempt.Succeeded<>(checked) : new Attempt.Failed<>(failure);
  }

  private KeySet latest(KeySet otherwise) {
    KeySet latest = known.keys();
    return latest == null ? otherwise : latest;
  }

  /** The keys that may be used without waiting; null if there are none. */
  private @Nullable KeySet usable() {
    KnownKeys current = known;
    KeySet keys = current.keys();
    if (keys == null) {
      return null;
    }
    Instant now = clock.instant();
    if (current.areFreshAt(now)) {
      return keys;
    }
    if (!current.mayBeUsedAt(now)) {
      return null;
    }
    if (!now.isBefore(current.attemptAt().plus(PAUSE))) {
      begin();
    }
    return keys;
  }

  /** The usable keys, or those fetched by the deadline, or else those of before the outage. */
  private Attempt<KeySet> keys(Deadline deadline) {
    KeySet usable = usable();
    if (usable != null) {
      return new Attempt.Succeeded<>(usable);
    }
    KnownKeys current = known;
    Unavailable failure = current.failure();
    if (failure != null && clock.instant().isBefore(current.attemptAt().plus(SHORT_PAUSE))) {
      return new Attempt.Failed<>(failure);
    }
    Attempt<KeySet> attempt = await(begin(), deadline);
    KeySet old = known.keys();
    return attempt instanceof Attempt.Failed
            && old != null
            && known.outlastOutageAt(clock.instant())
        ? new Attempt.Succeeded<>(old)
        : attempt;
  }

  private synchronized @Nullable Flight current() {
    return flight;
  }

  /** Whether a fetch under way, or a new one, may bring an unknown key. */
  private synchronized boolean mayFind() {
    return flight != null || !clock.instant().isBefore(lastSearch.plus(PAUSE));
  }

  /**
   * Begins a fetch because of an unknown key, or joins the one under way; null if the last search
   * is too recent. Joining is no search: the fetch may have begun before the server published the
   * key, and then the next caller must be able to search.
   */
  private @Nullable Flight search() {
    Flight ours = new Flight();
    synchronized (this) {
      Instant now = clock.instant();
      if (flight != null || now.isBefore(lastSearch.plus(PAUSE))) {
        return flight;
      }
      lastSearch = now;
      flight = ours;
    }
    launch(ours);
    return ours;
  }

  /** Begins a fetch, or joins the one under way. */
  private Flight begin() {
    Flight ours = new Flight();
    synchronized (this) {
      if (flight != null) {
        return flight;
      }
      flight = ours;
    }
    launch(ours);
    return ours;
  }

  private void launch(Flight ours) {
    Instant start = clock.instant();
    if (!background.test(() -> finish(ours, start, attempt()))) {
      finish(ours, start, Attempt.failed(Reason.INTERRUPTED, "no thread to fetch keys"));
    }
  }

  private Attempt<KeySet> attempt() {
    try {
      return source.fetch();
    } catch (RuntimeException e) {
      log.error("keys of {}: fetch failed", server, e);
      return Attempt.failed(Reason.AS_KEYS, "the keys could not be fetched");
    }
  }

  private void finish(Flight ours, Instant start, Attempt<KeySet> attempt) {
    Instant now = clock.instant();
    KnownKeys before;
    synchronized (this) {
      before = known;
      known = before.after(attempt, start, now);
      flight = null;
    }
    before.logChange(server, attempt);
    ours.result.complete(attempt);
  }

  private static Attempt<KeySet> await(Flight flight, Deadline deadline) {
    try {
      CompletableFuture.anyOf(flight.result, deadline.cut())
          .get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // as if cut short
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Attempt.failed(Reason.INTERRUPTED, "interrupted while waiting for keys");
    } catch (ExecutionException e) {
      throw new IllegalStateException("fetches end with a value", e);
    }
    Attempt<KeySet> result = flight.result.getNow(null);
    return result == null
        ? Attempt.failed(Reason.AS_TIMEOUT, "the keys did not arrive in time")
        : result;
  }
}
