package dev.gatehouse.authorizationserver;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.gatehouse.authorizationserver.internal.settings.ClientAdmission;
import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.internal.settings.ServerIdentity;
import dev.gatehouse.authorizationserver.internal.settings.ServerRateLimits;
import dev.gatehouse.authorizationserver.internal.settings.ServerSettings;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import dev.gatehouse.authorizationserver.store.RevocationListeningStore;
import dev.gatehouse.authorizationserver.store.SessionStore;
import dev.gatehouse.authorizationserver.store.TokenStore;
import dev.gatehouse.authorizationserver.store.UserStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.store.memory.InMemorySessionStore;
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

  private AuthorizationServer(ServerSettings settings) {
    this.settings = settings;
  }

  /**
   * Begins the settings.
   *
   * @return a builder in which issuer, resource and client registry are still missing
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Adds the servlets to an application that is starting: the metadata documents, and below the
   * issuer {@code /oauth/token}, {@code /oauth/introspect}, {@code /oauth/revoke} and {@code
   * /oauth/jwks}; with users also {@code /oauth/authorize} with its pages, and {@code
   * /oauth/register}.
   *
   * @param context the application, while it may still be added to (Servlet 6.0 §4.4)
   * @throws IllegalStateException when a servlet of the same name is there already
   */
  public void register(ServletContext context) {
    new ServletRegistrar(context).mount(settings);
  }

  private static ECKey newSigningKey() {
    try {
      return new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("every Java platform has P-256", e);
    }
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
    private @Nullable ECKey signingKey;
    private boolean dynamicRegistration = true;
    private boolean clientMetadataDocuments = true;
    private RateLimitFactory rateLimits = InMemoryRateLimit.factory();
    private @Nullable RateLimit introspectionLimit;
    private @Nullable RateLimit failedAuthenticationLimit;
    private @Nullable RateLimit registrationLimit;
    private boolean allowInsecureHttp;
    private @Nullable Runnable revocationListener;

    private Builder() {}

    /**
     * Names this server (RFC 8414 §2). Required.
     *
     * @param issuer its own public URL, spelled exactly as clients and resource servers will spell
     *     it
     * @return this
     */
    public Builder issuer(String issuer) {
      this.issuer = requireNonNull(issuer, "issuer");
      return this;
    }

    /**
     * Adds a protected resource that tokens can be for (RFC 8707). At least one is required; one
     * that is not named here is refused with {@code invalid_target}.
     *
     * @param uri the resource's own URI, without a fragment
     * @return this
     */
    public Builder resource(String uri) {
      resources.add(requireNonNull(uri, "uri"));
      return this;
    }

    /**
     * Says which scopes the metadata advertises.
     *
     * @param scopes scope tokens; the metadata says nothing of scopes when not set
     * @return this
     */
    public Builder scopesSupported(Set<String> scopes) {
      scopesSupported.addAll(scopes);
      return this;
    }

    /**
     * Says who the clients are. Required.
     *
     * @param clients asked on every request
     * @return this
     */
    public Builder clientRegistry(ClientRegistry clients) {
      this.clients = requireNonNull(clients, "clients");
      return this;
    }

    /**
     * Says where tokens are kept.
     *
     * @param tokens the store; a new {@link InMemoryTokenStore} when not set
     * @return this
     */
    public Builder tokenStore(TokenStore tokens) {
      this.tokens = requireNonNull(tokens, "tokens");
      return this;
    }

    /**
     * Says what time it is.
     *
     * @param clock asked on every request; the system's when not set
     * @return this
     */
    public Builder clock(InstantSource clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Says how long an access token lives.
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
     * Says how long a refresh token lives when it is not used; each use begins the time anew.
     *
     * @param lifetime longer than that of an access token; 30 days when not set
     * @return this
     */
    public Builder refreshTokenLifetime(Duration lifetime) {
      this.refreshTokenLifetime = requireNonNull(lifetime, "lifetime");
      return this;
    }

    /**
     * Says how long a client that uses a refresh token again gets the same successor again. After
     * that, a second use revokes the whole grant (RFC 9700 §4.14.2).
     *
     * @param grace a few seconds; ten when not set
     * @return this
     */
    public Builder refreshGrace(Duration grace) {
      this.refreshGrace = requireNonNull(grace, "grace");
      return this;
    }

    /**
     * Says who can log in, and with that turns on what is done for users: the authorization
     * endpoint and its pages, refresh tokens, and registration.
     *
     * @param users asked at each log-in and each refresh; when not set, clients act for themselves
     *     alone
     * @return this
     */
    public Builder userStore(UserStore users) {
      this.users = requireNonNull(users, "users");
      return this;
    }

    /**
     * Says where log-ins are kept.
     *
     * @param sessions the store; a new {@link InMemorySessionStore} when not set
     * @return this
     */
    public Builder sessionStore(SessionStore sessions) {
      this.sessions = requireNonNull(sessions, "sessions");
      return this;
    }

    /**
     * Says in words what a scope allows, for the consent page.
     *
     * @param scope the scope token
     * @param words what follows on "It would be allowed to", such as "read your notes"; the page
     *     shows the scope token alone when not set
     * @return this
     */
    public Builder scopeDescription(String scope, String words) {
      scopeDescriptions.put(requireNonNull(scope, "scope"), requireNonNull(words, "words"));
      return this;
    }

    /**
     * Gives the key that signs introspection answers (RFC 9701). Nodes that share a name share it.
     *
     * @param key a private key on the curve P-256 with a key id; a new one at each start when not
     *     set
     * @return this
     */
    public Builder signingKey(ECKey key) {
      this.signingKey = requireNonNull(key, "key");
      return this;
    }

    /**
     * Says whether clients may register themselves (RFC 7591), for which the registry has to be an
     * {@link MutableClientRegistry}.
     *
     * @param allow true when not set
     * @return this
     */
    public Builder dynamicRegistration(boolean allow) {
      this.dynamicRegistration = allow;
      return this;
    }

    /**
     * Says how long a client that has registered itself is remembered when nobody uses it. One that
     * nobody has ever used is remembered for a day.
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
     * Says whether a client may use the https URL of its metadata document as its id. The document
     * is fetched from public addresses alone.
     *
     * @param allow true when not set
     * @return this
     */
    public Builder clientMetadataDocuments(boolean allow) {
      this.clientMetadataDocuments = allow;
      return this;
    }

    /**
     * Says where tries are counted: introspections, wrong credentials, wrong passwords,
     * registrations.
     *
     * @param limits shared between nodes that share a name; in this process when not set
     * @return this
     */
    public Builder rateLimits(RateLimitFactory limits) {
      this.rateLimits = requireNonNull(limits, "limits");
      return this;
    }

    /**
     * Limits how often one resource server may introspect.
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
     * Limits how often client credentials may be wrong.
     *
     * @param limit charged by address; 30 at once and one every two seconds when not set
     * @return this
     */
    public Builder failedAuthenticationRateLimit(RateLimit limit) {
      this.failedAuthenticationLimit = requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Limits how often clients may register.
     *
     * @param limit charged by address; 60 at once and one every ten seconds when not set
     * @return this
     */
    public Builder registrationRateLimit(RateLimit limit) {
      this.registrationLimit = requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Has something told whenever a token or a grant has been revoked, for example a resource
     * server in the same process that remembers our answers.
     *
     * @param listener run on the thread of the request, after the store has kept the revocation;
     *     nothing when not set
     * @return this
     */
    public Builder onRevocation(Runnable listener) {
      this.revocationListener = requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Lets the issuer be plain http on a host that is not this machine, against RFC 8414 §2.
     * Everybody on the way then reads secrets and tokens: for closed test networks only.
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
     * @throws IllegalArgumentException naming all that is missing or wrong, one line each, with its
     *     cure
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
          new ClientAdmission(dynamicRegistration, clientMetadataDocuments),
          ServerRateLimits.of(
              rateLimits, clock, introspectionLimit, failedAuthenticationLimit, registrationLimit),
          scopeDescriptions,
          signingKey == null ? newSigningKey() : signingKey,
          clock);
    }

    private TokenStore announcing(TokenStore store) {
      return revocationListener == null
          ? store
          : new RevocationListeningStore(store, revocationListener);
    }
  }
}
