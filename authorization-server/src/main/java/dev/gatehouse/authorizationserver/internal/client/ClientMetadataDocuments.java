package dev.gatehouse.authorizationserver.internal.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import dev.gatehouse.authorizationserver.internal.endpoint.CallerAddress;
import dev.gatehouse.authorizationserver.internal.endpoint.ClientUnreachableException;
import dev.gatehouse.authorizationserver.internal.endpoint.UntrustedInput;
import dev.gatehouse.authorizationserver.internal.settings.DocumentRateLimits;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.UriSyntax;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import net.minidev.json.JSONObject;
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
  private static final String NO_DOCUMENT = "no client metadata document at {}: {}";
  private static final Duration CACHED_FOR = Duration.ofMinutes(10);

  /** How long the last document serves if others keep this server from fetching it again. */
  private static final Duration USABLE_FOR = Duration.ofHours(1);

  private static final int MAX_CACHED = 1_000;
  private static final int MAX_KNOWN = 10_000;
  private static final int MAX_URL = 1_000;

  /** Per caller; a browser has one, and a few users may share an address. */
  private static final int MAX_AT_ONCE = 2;

  /** Per caller; for all others, the last valid document serves. */
  private static final int MAX_KNOWN_AT_ONCE = 1;

  /** The JDK also takes {@code 2130706433} and {@code 127.1} for IPv4 addresses. */
  private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)");

  private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d*)(\\.(0|[1-9]\\d*)){3}");

  private final ClientRegistry others;
  private final DocumentFetcher fetcher;
  private final Set<String> scopesSupported;
  private final RateLimit perKnownClient;
  private final FetchPermits permits;
  private final InstantSource clock;
  private final Cache<String, Optional<RegisteredClient>> cached;
  private final Cache<String, Known> known = Caffeine.newBuilder().maximumSize(MAX_KNOWN).build();

  /** The ids of known clients whose documents are being fetched. */
  private final Set<String> refreshing = ConcurrentHashMap.newKeySet();

  /** A client that was valid at that time. */
  private record Known(RegisteredClient client, Instant at) {}

  public ClientMetadataDocuments(
      ClientRegistry others,
      DocumentFetcher fetcher,
      Set<String> scopesSupported,
      DocumentRateLimits limits,
      InstantSource clock) {
    this.others = others;
    this.fetcher = fetcher;
    this.scopesSupported = scopesSupported;
    this.perKnownClient = limits.perKnownClient();
    this.permits = new FetchPermits(limits);
    this.clock = clock;
    this.cached =
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .expireAfterWrite(CACHED_FOR)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.instant().toEpochMilli()))
            .build();
  }

  @Override
  public Optional<RegisteredClient> find(String clientId) {
    Optional<RegisteredClient> registered = others.find(clientId);
    if (registered.isPresent() || !clientId.startsWith("https://")) {
      return registered;
    }
    Optional<RegisteredClient> recent = cached.getIfPresent(clientId);
    if (recent != null) {
      return recent;
    }
    Optional<URI> url = url(clientId);
    if (url.isEmpty()) {
      return Optional.empty();
    }
    Known before = known.getIfPresent(clientId);
    return before == null ? introduce(clientId, url.get()) : refresh(clientId, url.get(), before);
  }

  /** Fetches a document that may not exist; this must not keep other callers from theirs. */
  private Optional<RegisteredClient> introduce(String clientId, URI url) {
    FetchPermits.Permit permit =
        permits
            .enter(caller(), MAX_AT_ONCE)
            .orElseThrow(
                () ->
                    new ClientUnreachableException("too many concurrent look-ups of this caller"));
    if (!permit.chargeCaller()) {
      permit.close();
      throw new ClientUnreachableException("too many failed look-ups of this caller");
    }
    DocumentFetcher.Outcome outcome = fetcher.fetch(url, permit::chargeTargets, permit::close);
    if (outcome instanceof DocumentFetcher.Busy) {
      permit.refund();
    }
    Optional<RegisteredClient> client = remember(clientId, url, outcome);
    client.ifPresent(valid -> permit.refund());
    return client;
  }

  /** The site, because the networks of one IPv6 site would take all threads together. */
  private static String caller() {
    return FailedAttempts.siteOf(CallerAddress.current());
  }

  /**
   * Fetches a document again. If other callers keep this server from fetching it now, the last one
   * serves.
   */
  private Optional<RegisteredClient> refresh(String clientId, URI url, Known before) {
    if (!refreshing.add(clientId)) {
      return lastValid(before);
    }
    try {
      // Counted apart from documents that may not exist, because callers may share an address.
      Optional<FetchPermits.Permit> permit =
          permits.enter("known clients of " + caller(), MAX_KNOWN_AT_ONCE);
      return permit.isPresent() ? refresh(clientId, url, before, permit.get()) : lastValid(before);
    } finally {
      refreshing.remove(clientId);
    }
  }

  private Optional<RegisteredClient> refresh(
      String clientId, URI url, Known before, FetchPermits.Permit permit) {
    if (perKnownClient.charge(clientId).isPresent()) {
      permit.close();
      throw new ClientUnreachableException("its host was down a moment ago");
    }
    if (!permit.chargeCaller()) {
      permit.close();
      perKnownClient.refund(clientId);
      return lastValid(before);
    }
    DocumentFetcher.Outcome outcome = fetcher.fetchAgain(url, permit::close);
    if (!(outcome instanceof DocumentFetcher.Unreachable)) {
      perKnownClient.refund(clientId);
    }
    if (outcome instanceof DocumentFetcher.Busy) {
      permit.refund();
      return lastValid(before);
    }
    Optional<RegisteredClient> client = remember(clientId, url, outcome);
    client.ifPresent(valid -> permit.refund());
    return client;
  }

  private Optional<RegisteredClient> lastValid(Known before) {
    if (clock.instant().isAfter(before.at().plus(USABLE_FOR))) {
      throw new ClientUnreachableException("too many look-ups");
    }
    return Optional.of(before.client());
  }

  private Optional<RegisteredClient> remember(
      String clientId, URI url, DocumentFetcher.Outcome outcome) {
    Optional<RegisteredClient> client = read(clientId, url, outcome);
    cached.put(clientId, client);
    client.ifPresentOrElse(
        valid -> known.put(clientId, new Known(valid, clock.instant())),
        () -> known.invalidate(clientId));
    return client;
  }

  /** Section 3 of the draft: requires a path and excludes all ways to write one URL differently. */
  private static Optional<URI> url(String clientId) {
    return UriSyntax.parse(clientId)
        .filter(
            url ->
                clientId.length() <= MAX_URL
                    && url.getHost() != null
                    && isCanonicalHost(url.getHost())
                    && url.getRawPath().length() > 1
                    && url.normalize().equals(url)
                    && !url.getRawPath().contains("%2e")
                    && !url.getRawPath().contains("%2E"));
  }

  /** Otherwise the spellings of one host would each have a limit of their own. */
  private static boolean isCanonicalHost(String host) {
    return host.equals(host.toLowerCase(Locale.ROOT))
        && !host.endsWith(".")
        // IPv6: the same address can be written in many ways.
        && !host.startsWith("[")
        && (!ENDS_IN_NUMBER.matcher(host).matches() || IPV4.matcher(host).matches());
  }

  private Optional<RegisteredClient> read(
      String clientId, URI url, DocumentFetcher.Outcome outcome) {
    if (outcome instanceof DocumentFetcher.Fetched document) {
      return read(clientId, document.body());
    }
    if (outcome instanceof DocumentFetcher.NoDocument none) {
      LOG.info(NO_DOCUMENT, url, none.why());
      return Optional.empty();
    }
    if (outcome instanceof DocumentFetcher.Unreachable unreachable) {
      // Not cached: the client's server is down, so it is unknown whether the client exists.
      throw new ClientUnreachableException(unreachable.why());
    }
    if (outcome instanceof DocumentFetcher.Busy busy) {
      throw new ClientUnreachableException(busy.why());
    }
    throw new IllegalStateException("unknown outcome " + outcome.getClass());
  }

  private Optional<RegisteredClient> read(String clientId, String body) {
    try {
      JSONObject document =
          UntrustedInput.parse("metadata document", () -> JSONObjectUtils.parse(body));
      // The draft, section 4: the document must name its own URL and must not contain a secret,
      // since it is public.
      if (!clientId.equals(document.get("client_id")) || document.containsKey("client_secret")) {
        return Optional.empty();
      }
      document.remove("client_id");
      ClientMetadataPolicy.Outcome outcome =
          ClientMetadataPolicy.check(
              UntrustedInput.parse("metadata document", () -> ClientMetadata.parse(document)),
              scopesSupported,
              "none");
      if (outcome instanceof ClientMetadataPolicy.Accepted accepted
          && !accepted.authMethod().startsWith("client_secret_")) {
        return Optional.of(accepted.client(clientId).build());
      }
      if (outcome instanceof ClientMetadataPolicy.Refused refused) {
        LOG.info(NO_DOCUMENT, clientId, refused.error().getDescription());
      }
      return Optional.empty();
    } catch (ParseException e) {
      return Optional.empty();
    }
  }
}
