package dev.gatehouse.authorizationserver.internal.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import dev.gatehouse.authorizationserver.internal.endpoint.ClientUnreachableException;
import dev.gatehouse.authorizationserver.internal.endpoint.UntrustedInput;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.UriSyntax;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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
  private static final int MAX_CACHED = 1_000;
  private static final int MAX_URL = 1_000;

  /** The JDK also takes {@code 2130706433} and {@code 127.1} for IPv4 addresses. */
  private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)");

  private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d*)(\\.(0|[1-9]\\d*)){3}");

  private final ClientRegistry others;
  private final DocumentFetcher fetcher;
  private final Set<String> scopesSupported;
  private final RateLimit limit;
  private final Cache<String, Optional<RegisteredClient>> cached;
  private final Cache<String, Boolean> seenValid =
      Caffeine.newBuilder().maximumSize(MAX_CACHED).build();

  public ClientMetadataDocuments(
      ClientRegistry others,
      DocumentFetcher fetcher,
      Set<String> scopesSupported,
      RateLimit limit,
      InstantSource clock) {
    this.others = others;
    this.fetcher = fetcher;
    this.scopesSupported = scopesSupported;
    this.limit = limit;
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
    Optional<RegisteredClient> known = cached.getIfPresent(clientId);
    if (known != null) {
      return known;
    }
    Optional<URI> url = url(clientId);
    if (url.isEmpty()) {
      return Optional.empty();
    }
    // By host until the document has been valid once, so that unknown ids cannot exhaust the limit
    // of a client that exists.
    String limited = seenValid.getIfPresent(clientId) == null ? url.get().getHost() : clientId;
    if (limit.charge(limited).isPresent()) {
      throw new ClientUnreachableException("too many requests");
    }
    Optional<RegisteredClient> client = fetch(clientId, url.get());
    cached.put(clientId, client);
    client.ifPresent(good -> seenValid.put(clientId, true));
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

  private Optional<RegisteredClient> fetch(String clientId, URI url) {
    DocumentFetcher.Outcome outcome = fetcher.fetch(url);
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
