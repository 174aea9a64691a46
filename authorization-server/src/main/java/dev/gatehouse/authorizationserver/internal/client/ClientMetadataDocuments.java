package dev.gatehouse.authorizationserver.internal.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gatehouse.authorizationserver.internal.endpoint.ClientUnreachableException;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients whose id is the https URL of a document in which they describe themselves (OAuth Client
 * ID Metadata Document, draft-ietf-oauth-client-id-metadata-document). The user can trust the host
 * in the URL: only its owner can publish a document there.
 *
 * <pre>
 * GET https://app.example.com/client.json      {"client_id":"https://app.example.com/client.json",
 *                                               "client_name":"App","redirect_uris":[…]}
 * </pre>
 *
 * <p>Every other client id is looked up in the wrapped registry.
 */
public final class ClientMetadataDocuments implements ClientRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(ClientMetadataDocuments.class);

  /**
   * How long the last document serves if its host is down, counted from its fetch. Not for other
   * reasons, because callers can cause them: see {@link KeysByAddress}.
   */
  private static final Duration USABLE_FOR = Duration.ofHours(1);

  private static final Duration FAILURE_REMEMBERED = Duration.ofSeconds(10);
  private static final int MAX_FAILURES = 1_000;

  /** Of all documents together, in characters: callers choose how many there are. */
  private static final int MAX_SIZE = 16 * 1024 * 1024;

  /** The rest of what an entry needs. */
  private static final int SIZE_OF_ENTRY = 1_000;

  private final ClientRegistry others;
  private final DocumentFetcher fetcher;
  private final MetadataDocumentReader reader;
  private final FetchPermits permits;
  private final InstantSource clock;
  private final Cache<String, Known> known;

  /**
   * The last failure by client id: the reason of an outage, empty if there is no valid document.
   */
  private final Cache<String, Optional<String>> failures;

  /** The known clients whose documents are being fetched, by id. */
  private final ConcurrentMap<String, CompletableFuture<Boolean>> refreshing =
      new ConcurrentHashMap<>();

  /**
   * A client whose document was valid when it was fetched.
   *
   * @param size of the document, in characters
   * @param outage whether its host was down when it was to be fetched again
   */
  private record Known(
      RegisteredClient client, int size, Instant fetchedAt, Duration lifetime, boolean outage) {
    boolean isFresh(Instant now) {
      return now.isBefore(fetchedAt.plus(lifetime));
    }

    /** Whether it serves if it cannot be fetched again now. */
    boolean isUsable(Instant now) {
      return !now.isAfter(fetchedAt.plus(outage ? USABLE_FOR : CacheLifetime.LONGEST));
    }

    Known afterOutage() {
      return new Known(client, size, fetchedAt, lifetime, true);
    }
  }

  public ClientMetadataDocuments(
      ClientRegistry others,
      DocumentFetcher fetcher,
      Set<String> scopesSupported,
      FetchPermits permits,
      InstantSource clock) {
    this(others, fetcher, scopesSupported, permits, clock, MAX_SIZE);
  }

  /** For tests: with another limit for the size of all documents, in characters. */
  ClientMetadataDocuments(
      ClientRegistry others,
      DocumentFetcher fetcher,
      Set<String> scopesSupported,
      FetchPermits permits,
      InstantSource clock,
      int maxSize) {
    this.others = others;
    this.fetcher = fetcher;
    this.reader = new MetadataDocumentReader(scopesSupported);
    this.permits = permits;
    this.clock = clock;
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(maxSize)
            .weigher((String clientId, Known client) -> client.size() + SIZE_OF_ENTRY)
            .executor(Runnable::run) // evicts at once
            .build();
    this.failures =
        Caffeine.newBuilder()
            .maximumSize(MAX_FAILURES)
            .expireAfterWrite(FAILURE_REMEMBERED)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.instant().toEpochMilli()))
            .build();
  }

  @Override
  public Optional<RegisteredClient> find(String clientId) {
    Optional<RegisteredClient> registered = others.find(clientId);
    if (registered.isPresent() || !clientId.startsWith("https://")) {
      return registered;
    }
    Known before = known.getIfPresent(clientId);
    if (before != null && before.isFresh(clock.instant())) {
      return Optional.of(before.client());
    }
    Optional<String> failure = failures.getIfPresent(clientId);
    if (failure != null) {
      return failure.flatMap(outage -> lastValid(before, outage));
    }
    Optional<URI> url = ClientIdUrl.parse(clientId);
    if (url.isEmpty()) {
      return Optional.empty();
    }
    return before == null ? introduce(clientId, url.get()) : refresh(clientId, url.get(), before);
  }

  /** Fetches a document that may not exist; this must not keep other callers from theirs. */
  private Optional<RegisteredClient> introduce(String clientId, URI url) {
    FetchPermits.Permit permit =
        permits
            .enterForUnknown()
            .orElseThrow(
                () ->
                    new ClientUnreachableException("too many concurrent look-ups of this caller"));
    if (!permit.chargeCaller()) {
      permit.close();
      throw new ClientUnreachableException("too many failed look-ups of this caller");
    }
    return remember(
        clientId, null, permit, fetcher.fetch(url, permit::chargeTargets, permit::close));
  }

  /** Fetches a document again. If it cannot be fetched now, the last one serves. */
  private Optional<RegisteredClient> refresh(String clientId, URI url, Known before) {
    CompletableFuture<Boolean> own = new CompletableFuture<>();
    CompletableFuture<Boolean> other = refreshing.putIfAbsent(clientId, own);
    if (other != null) {
      return before.isUsable(clock.instant())
          ? Optional.of(before.client())
          : afterRefresh(clientId, other);
    }
    try {
      Optional<FetchPermits.Permit> permit = permits.enterForKnown();
      if (permit.isEmpty()) {
        return lastValid(before, "too many concurrent look-ups of this caller");
      }
      if (!permit.get().chargeCaller()) {
        permit.get().close();
        return lastValid(before, "too many failed look-ups of this caller");
      }
      return remember(clientId, before, permit.get(), fetcher.fetchAgain(url, permit.get()::close));
    } finally {
      refreshing.remove(clientId, own);
      own.complete(true);
    }
  }

  private Optional<RegisteredClient> afterRefresh(
      String clientId, CompletableFuture<Boolean> other) {
    permits.await(other);
    Known latest = known.getIfPresent(clientId);
    Optional<String> failure = failures.getIfPresent(clientId);
    return failure == null
        ? lastValid(latest, "too many concurrent look-ups")
        : failure.flatMap(outage -> lastValid(latest, outage));
  }

  private Optional<RegisteredClient> remember(
      String clientId,
      @Nullable Known before,
      FetchPermits.Permit permit,
      DocumentFetcher.Outcome outcome) {
    if (outcome instanceof DocumentFetcher.Busy busy) {
      permit.refund();
      return lastValid(before, busy.why());
    }
    if (outcome instanceof DocumentFetcher.Unreachable unreachable) {
      // It is unknown whether the client still exists.
      failures.put(clientId, Optional.of(unreachable.why()));
      known.asMap().computeIfPresent(clientId, (same, latest) -> latest.afterOutage());
      return lastValid(before == null ? null : before.afterOutage(), unreachable.why());
    }
    Optional<RegisteredClient> client = Optional.empty();
    if (outcome instanceof DocumentFetcher.Fetched document) {
      client = reader.read(clientId, document.body());
      client.ifPresent(
          valid -> {
            permit.refund();
            known.put(
                clientId,
                new Known(
                    valid, document.body().length(), clock.instant(), document.lifetime(), false));
          });
    } else if (outcome instanceof DocumentFetcher.NoDocument none) {
      LOG.info("no client metadata document at {}: {}", clientId, none.why());
    }
    if (client.isEmpty()) {
      known.invalidate(clientId);
      failures.put(clientId, Optional.empty());
    }
    return client;
  }

  private Optional<RegisteredClient> lastValid(@Nullable Known before, String why) {
    if (before == null || !before.isUsable(clock.instant())) {
      throw new ClientUnreachableException(why);
    }
    return Optional.of(before.client());
  }
}
