package dev.gatehouse.authorizationserver;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.jwk.ECKey;
import dev.gatehouse.authorizationserver.internal.client.PublicAddress;
import dev.gatehouse.authorizationserver.internal.keys.SigningKeys;
import dev.gatehouse.authorizationserver.internal.settings.ClientAdmission;
import dev.gatehouse.authorizationserver.internal.settings.DocumentAccess;
import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.internal.settings.ServerIdentity;
import dev.gatehouse.authorizationserver.internal.settings.ServerRateLimits;
import dev.gatehouse.authorizationserver.internal.settings.ServerSettings;
import dev.gatehouse.authorizationserver.internal.settings.SigningSettings;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import dev.gatehouse.authorizationserver.store.RevocationListeningStore;
import dev.gatehouse.authorizationserver.store.SessionStore;
import dev.gatehouse.authorizationserver.store.SigningAlgorithm;
import dev.gatehouse.authorizationserver.store.SigningKeyStore;
import dev.gatehouse.authorizationserver.store.TokenStore;
import dev.gatehouse.authorizationserver.store.UserStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.store.memory.InMemorySessionStore;
import dev.gatehouse.authorizationserver.store.memory.InMemorySigningKeyStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryTokenStore;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A small OAuth 2.1 authorization server for a servlet container: enough for a demo, for tests, and
 * for a small deployment.
 *
 * <pre>{@code
 * AuthorizationServer.builder()
 *     .issuer("https://notes.example.com")
 *     .resource("https://notes.example.com/mcp")
 *     .clientRegistry(new InMemoryClientRegistry(clients))
 *     .build()
 *     .register(servletContext);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class AuthorizationServer {
  private final ServerSettings settings;
  private final SigningKeys keys;

  private AuthorizationServer(ServerSettings settings) {
    this.settings = settings;
    this.keys = SigningKeys.of(settings.signing(), settings.clock());
  }

  /**
   * Starts the settings.
   *
   * @return a builder; issuer, resource and client registry are required
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Registers the servlets in a context that is starting: the metadata documents, and below the
   * issuer {@code /oauth/token}, {@code /oauth/introspect}, {@code /oauth/revoke} and {@code
   * /oauth/jwks}; with users also {@code /oauth/authorize} with its pages, and {@code
   * /oauth/register}.
   *
   * @param context the context, before it has started (Servlet 6.0 §4.4)
   * @throws IllegalStateException when a servlet of the same name or path exists
   */
  public void register(ServletContext context) {
    new ServletRegistrar(context).mount(settings, keys);
  }

  /**
   * Starts the change to a new signing key, before the time of the regular one. The new key is
   * published at once and signs ten minutes later. While a change is under way, on any node, this
   * has no effect.
   *
   * @throws IllegalStateException when the key is fixed by {@link Builder#signingKey}
   * @throws dev.gatehouse.authorizationserver.store.StoreUnavailableException when the store of the
   *     signing keys cannot be reached
   */
  public void rotateSigningKey() {
    keys.rotate();
  }

  /** Collects the settings. Not thread-safe. */
  public static final class Builder {
    private final Set<String> resources = new LinkedHashSet<>();
    private final Set<String> scopesSupported = new LinkedHashSet<>();
    private String issuer = "";
    private @Nullable ClientRegistry clients;
    private TokenStore tokens = new InMemoryTokenStore();
    private InstantSource clock = InstantSource.system();
    private Duration accessTokenLifetime = Lifetimes.DEFAULT_ACCESS_TOKEN;
    private Duration refreshTokenLifetime = Lifetimes.DEFAULT_REFRESH_TOKEN;
    private Duration refreshGrace = Lifetimes.DEFAULT_REFRESH_GRACE;
    private Duration registeredClientLifetime = Lifetimes.DEFAULT_REGISTERED_CLIENT;
    private @Nullable UserStore users;
    private SessionStore sessions = new InMemorySessionStore();
    private final Map<String, String> scopeDescriptions = new LinkedHashMap<>();
    private boolean jwtAccessTokens;
    private SigningAlgorithm signingAlgorithm = SigningAlgorithm.ES256;
    private Duration signingKeyLifetime = SigningSettings.DEFAULT_KEY_LIFETIME;
    private SigningKeyStore signingKeys = new InMemorySigningKeyStore();
    private @Nullable ECKey signingKey;
    private boolean certificateBoundTokens;
    private boolean dynamicRegistration = true;
    private boolean clientMetadataDocuments = true;
    private DocumentAccess documentAccess = PublicAddress.access();
    private RateLimitFactory rateLimits = InMemoryRateLimit.factory();
    private @Nullable RateLimit introspectionLimit;
    private @Nullable RateLimit failedAuthenticationLimit;
    private @Nullable RateLimit registrationLimit;
    private String passwordAcr = ServerSettings.DEFAULT_PASSWORD_ACR;
    private int forwardedForDepth;
    private boolean allowInsecureHttp;
    private @Nullable Runnable revocationListener;

    private Builder() {}

    /**
     * Sets the issuer (RFC 8414 §2). Required.
     *
     * @param issuer this server's public URL, spelled exactly as clients and resource servers spell
     *     it
     * @return this
     */
    public Builder issuer(String issuer) {
      this.issuer = requireNonNull(issuer, "issuer");
      return this;
    }

    /**
     * Adds a protected resource that tokens can be issued for (RFC 8707). At least one is required;
     * requests for other resources are refused with {@code invalid_target}.
     *
     * @param uri the resource's own URI, without a fragment
     * @return this
     */
    public Builder resource(String uri) {
      resources.add(requireNonNull(uri, "uri"));
      return this;
    }

    /**
     * Sets the scopes that the metadata lists.
     *
     * @param scopes scope tokens; the metadata lists no scopes when not set
     * @return this
     */
    public Builder scopesSupported(Set<String> scopes) {
      scopesSupported.addAll(scopes);
      return this;
    }

    /**
     * Sets the registry of clients. Required.
     *
     * @param clients called on every request
     * @return this
     */
    public Builder clientRegistry(ClientRegistry clients) {
      this.clients = requireNonNull(clients, "clients");
      return this;
    }

    /**
     * Sets the store of tokens and codes.
     *
     * @param tokens the store; a new {@link InMemoryTokenStore} when not set
     * @return this
     */
    public Builder tokenStore(TokenStore tokens) {
      this.tokens = requireNonNull(tokens, "tokens");
      return this;
    }

    /**
     * Sets the clock.
     *
     * @param clock called on every request; the system's clock when not set
     * @return this
     */
    public Builder clock(InstantSource clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Sets the lifetime of access tokens.
     *
     * @param lifetime whole seconds up to a day, sent as {@code expires_in}; ten minutes when not
     *     set
     * @return this
     */
    public Builder accessTokenLifetime(Duration lifetime) {
      this.accessTokenLifetime = requireNonNull(lifetime, "lifetime");
      return this;
    }

    /**
     * Sets the lifetime of refresh tokens; each use issues a new one with a new lifetime.
     *
     * @param lifetime at least that of an access token; 30 days when not set
     * @return this
     */
    public Builder refreshTokenLifetime(Duration lifetime) {
      this.refreshTokenLifetime = requireNonNull(lifetime, "lifetime");
      return this;
    }

    /**
     * Sets how long a second use of a refresh token by the same client returns the same successor.
     * After that, a second use revokes the whole grant (RFC 9700 §4.14.2).
     *
     * @param grace a few seconds; ten when not set
     * @return this
     */
    public Builder refreshGrace(Duration grace) {
      this.refreshGrace = requireNonNull(grace, "grace");
      return this;
    }

    /**
     * Sets the users who can log in, which enables the authorization endpoint and its pages,
     * refresh tokens, and registration.
     *
     * @param users called at each log-in and each refresh; when not set, only client credentials
     *     are supported
     * @return this
     */
    public Builder userStore(UserStore users) {
      this.users = requireNonNull(users, "users");
      return this;
    }

    /**
     * Sets the store of log-ins.
     *
     * @param sessions the store; a new {@link InMemorySessionStore} when not set
     * @return this
     */
    public Builder sessionStore(SessionStore sessions) {
      this.sessions = requireNonNull(sessions, "sessions");
      return this;
    }

    /**
     * Describes a scope for the consent page.
     *
     * @param scope the scope token
     * @param words continues "It would be allowed to", such as "read your notes"; the page shows
     *     only the scope token when not set
     * @return this
     */
    public Builder scopeDescription(String scope, String words) {
      scopeDescriptions.put(requireNonNull(scope, "scope"), requireNonNull(words, "words"));
      return this;
    }

    /**
     * Sets the authentication context class of log-ins by password (RFC 9470 §6): what clients can
     * request with {@code acr_values}, and what introspection reports as {@code acr}.
     *
     * @param acr a name that clients and resource servers know, without spaces, quotes and
     *     backslashes; {@code urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport}
     *     when not set
     * @return this
     */
    public Builder passwordAcr(String acr) {
      this.passwordAcr = requireNonNull(acr, "acr");
      return this;
    }

    /**
     * Issues access tokens as JWTs (RFC 9068), which resource servers can verify without a request.
     * Their introspection and revocation work as for opaque ones; but a resource server that does
     * not introspect a revoked token accepts it until it expires.
     *
     * @param jwt false when not set: access tokens are opaque
     * @return this
     */
    public Builder jwtAccessTokens(boolean jwt) {
      this.jwtAccessTokens = jwt;
      return this;
    }

    /**
     * Sets the algorithm of new signing keys, for access tokens and introspection responses.
     *
     * @param algorithm {@link SigningAlgorithm#ES256} when not set. After a change, the next key
     *     that is published has the new one
     * @return this
     */
    public Builder signingAlgorithm(SigningAlgorithm algorithm) {
      this.signingAlgorithm = requireNonNull(algorithm, "algorithm");
      return this;
    }

    /**
     * Sets how long a signing key is used before another one takes over. A key stays published as
     * long as anything that it has signed is valid.
     *
     * @param lifetime an hour or more; 30 days when not set
     * @return this
     */
    public Builder signingKeyLifetime(Duration lifetime) {
      this.signingKeyLifetime = requireNonNull(lifetime, "lifetime");
      return this;
    }

    /**
     * Sets the store of the signing keys, which nodes with the same issuer must share.
     *
     * @param store the store; in memory when not set, so that JWTs are invalid after a restart
     * @return this
     */
    public Builder signingKeyStore(SigningKeyStore store) {
      this.signingKeys = requireNonNull(store, "store");
      return this;
    }

    /**
     * Sets the one key that signs introspection responses (RFC 9701) and access tokens, in place of
     * a store whose keys rotate. Nodes with the same issuer must have the same key.
     *
     * @param key a private key on the curve P-256 with a key id; when not set, keys of the {@link
     *     #signingKeyStore}
     * @return this
     */
    public Builder signingKey(ECKey key) {
      this.signingKey = requireNonNull(key, "key");
      return this;
    }

    /**
     * Announces access tokens that are bound to the client's TLS certificate (RFC 8705 §3). For
     * containers that request certificates of clients, and put them into the request attribute
     * {@code jakarta.servlet.request.X509Certificate}.
     *
     * @param offered false when not set: only for the clients that you configure so
     * @return this
     */
    public Builder certificateBoundTokens(boolean offered) {
      this.certificateBoundTokens = offered;
      return this;
    }

    /**
     * Sets whether clients may register (RFC 7591), which requires a registry that is a {@link
     * MutableClientRegistry}.
     *
     * @param allow true when not set
     * @return this
     */
    public Builder dynamicRegistration(boolean allow) {
      this.dynamicRegistration = allow;
      return this;
    }

    /**
     * Sets how long an unused self-registered client is kept. A client that has never been used is
     * kept for a day.
     *
     * @param lifetime counted from the last consent or refresh, and not shorter than that of a
     *     refresh token; 90 days when not set
     * @return this
     */
    public Builder registeredClientLifetime(Duration lifetime) {
      this.registeredClientLifetime = requireNonNull(lifetime, "lifetime");
      return this;
    }

    /**
     * Sets whether a client may use the https URL of its metadata document as its id. Documents are
     * only fetched from public addresses.
     *
     * @param allow true when not set
     * @return this
     */
    public Builder clientMetadataDocuments(boolean allow) {
      this.clientMetadataDocuments = allow;
      return this;
    }

    /** Sets how documents and keys of clients are fetched, for tests on loopback. */
    Builder documentAccess(DocumentAccess access) {
      this.documentAccess = access;
      return this;
    }

    /**
     * Sets where rate limits are counted: for introspection, failed authentication, failed log-ins
     * and registration.
     *
     * @param limits shared between nodes with the same issuer; in this process when not set
     * @return this
     */
    public Builder rateLimits(RateLimitFactory limits) {
      this.rateLimits = requireNonNull(limits, "limits");
      return this;
    }

    /**
     * Limits the introspection requests of one resource server.
     *
     * @param limit charged by client id before each look-up; 5,000 at once and 1,000 a second when
     *     not set
     * @return this
     */
    public Builder introspectionRateLimit(RateLimit limit) {
      this.introspectionLimit = requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Limits failed client authentications.
     *
     * @param limit charged by address; 30 at once and one every two seconds when not set
     * @return this
     */
    public Builder failedAuthenticationRateLimit(RateLimit limit) {
      this.failedAuthenticationLimit = requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Limits client registrations by address. The limits for all addresses together remain.
     *
     * @param limit charged by address; 60 at once and one every ten seconds when not set
     * @return this
     */
    public Builder registrationRateLimit(RateLimit limit) {
      this.registrationLimit = requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Sets how many proxies in front append the address of their peer to {@code X-Forwarded-For}.
     * The rate limits count by the address that the outermost of them appended; entries further to
     * the left are ignored, because callers may have forged them.
     *
     * @param proxies 0 to 100; with 0, the address is the one that the container reports; 0 when
     *     not set
     * @return this
     */
    public Builder forwardedForDepth(int proxies) {
      this.forwardedForDepth = proxies;
      return this;
    }

    /**
     * Sets a listener for revocations, for example to evict the cached results of a resource server
     * in the same process.
     *
     * @param listener run on the thread of the request, after the store has recorded the
     *     revocation; none when not set
     * @return this
     */
    public Builder onRevocation(Runnable listener) {
      this.revocationListener = requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Allows an http issuer on another machine, which RFC 8414 §2 forbids: secrets and tokens are
     * then sent in plain text. For isolated test networks only.
     *
     * @param allow true to allow it; false when not set
     * @return this
     */
    public Builder allowInsecureHttp(boolean allow) {
      this.allowInsecureHttp = allow;
      return this;
    }

    /**
     * Builds the server.
     *
     * @return immutable, not yet registered anywhere
     * @throws IllegalArgumentException naming every missing or invalid setting, one line each, with
     *     its fix
     */
    public AuthorizationServer build() {
      return new AuthorizationServer(settings());
    }

    ServerSettings settings() {
      return new ServerSettings(
          new ServerIdentity(issuer, resources, scopesSupported, allowInsecureHttp),
          new Stores(announcing(tokens), sessions, clients, users),
          new Lifetimes(
              accessTokenLifetime, refreshTokenLifetime, refreshGrace, registeredClientLifetime),
          new ClientAdmission(dynamicRegistration, clientMetadataDocuments, documentAccess),
          ServerRateLimits.of(
              rateLimits, clock, introspectionLimit, failedAuthenticationLimit, registrationLimit),
          scopeDescriptions,
          passwordAcr,
          forwardedForDepth,
          new SigningSettings(
              jwtAccessTokens, signingAlgorithm, signingKeyLifetime, signingKeys, signingKey),
          certificateBoundTokens,
          clock);
    }

    private TokenStore announcing(TokenStore store) {
      return revocationListener == null
          ? store
          : new RevocationListeningStore(store, revocationListener);
    }
  }
}
