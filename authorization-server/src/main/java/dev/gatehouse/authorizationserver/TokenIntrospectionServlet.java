package dev.gatehouse.authorizationserver;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.jwk.ECKey;
import dev.gatehouse.authorizationserver.internal.client.AssertionVerifier;
import dev.gatehouse.authorizationserver.internal.client.ClientAuthenticator;
import dev.gatehouse.authorizationserver.internal.client.FailedAttempts;
import dev.gatehouse.authorizationserver.internal.client.KeysByAddress;
import dev.gatehouse.authorizationserver.internal.introspection.IntrospectionCaller;
import dev.gatehouse.authorizationserver.internal.introspection.IntrospectionEndpoint;
import dev.gatehouse.authorizationserver.internal.introspection.IntrospectionResponses;
import dev.gatehouse.authorizationserver.internal.introspection.TokenDisclosure;
import dev.gatehouse.authorizationserver.internal.keys.SigningKeys;
import dev.gatehouse.authorizationserver.internal.settings.ServerRateLimits;
import dev.gatehouse.authorizationserver.internal.settings.SigningSettings;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.ReplayGuard;
import dev.gatehouse.authorizationserver.store.ScopeNames;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenLookup;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.store.memory.InMemoryReplayGuard;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The introspection endpoint (RFC 7662), over any {@link TokenLookup} and {@link ClientRegistry}.
 * It is part of {@link AuthorizationServer}, and can be used alone:
 *
 * <pre>{@code
 * TokenIntrospectionServlet servlet =
 *     TokenIntrospectionServlet.builder()
 *         .issuer("https://login.example.com")
 *         .endpoint("https://login.example.com/introspect")
 *         .tokens(token -> myTokens.find(token.value()))
 *         .clients(new InMemoryClientRegistry(List.of(notesServer)))
 *         .build();
 * ServletRegistration.Dynamic registration = context.addServlet("introspection", servlet);
 * registration.addMapping("/introspect");
 * registration.setAsyncSupported(true);
 * }</pre>
 *
 * <p>With {@code setAsyncSupported}, no thread waits for a body that arrives slowly. Without it,
 * the servlet lets at most eight threads wait, and responds 503 to further slow requests.
 *
 * <p>Behind proxies that append the address of their peer to {@code X-Forwarded-For}, set the
 * init-param {@code forwarded-for-depth} to their number, so that the rate limits count by client.
 *
 * <p>On the wire:
 *
 * <pre>
 * POST /introspect                  200 application/json
 * Authorization: Basic …            {"active":true,"client_id":"demo-client","scope":"notes:read",
 * token=…                            "aud":["https://host/mcp"],"exp":1795243200,…}
 * </pre>
 *
 * <p>The caller authenticates as a client that is registered as a resource server, or with an
 * access token of such a client that has the scope {@value #SCOPE}. Immutable and thread-safe.
 */
public final class TokenIntrospectionServlet implements Servlet {
  /**
   * The scope of an access token that a resource server may use instead of its client credentials.
   */
  public static final String SCOPE = ScopeNames.INTROSPECT;

  private final IntrospectionEndpoint endpoint;

  private TokenIntrospectionServlet(Builder builder) {
    URI url = URI.create(builder.endpoint);
    InstantSource clock = builder.clock;
    TokenLookup tokens =
        requireNonNull(builder.tokens, "tokens: is missing; write a lookup of stored tokens");
    ClientRegistry clients =
        requireNonNull(
            builder.clients,
            "clients: is missing; write the registry of clients that may introspect");
    FailedAttempts failedAttempts =
        new FailedAttempts(
            builder.failedAuthentications == null
                ? ServerRateLimits.failedAuthentications(InMemoryRateLimit.factory(), clock)
                : builder.failedAuthentications);
    ReplayGuard replays =
        builder.replays == null ? new InMemoryReplayGuard(clock) : builder.replays;
    KeysByAddress keysByAddress =
        builder.keysByAddress == null
            ? KeysByAddress.atPublicAddresses(InMemoryRateLimit.factory(), clock)
            : builder.keysByAddress;
    IntrospectionCaller callers =
        new IntrospectionCaller(
            new ClientAuthenticator(
                clients,
                new AssertionVerifier(builder.issuer, List.of(url), keysByAddress, replays, clock),
                failedAttempts),
            builder.issuer,
            tokens,
            clients,
            failedAttempts,
            clock);
    TokenDisclosure disclosure =
        new TokenDisclosure(
            tokens,
            builder.stillValid,
            new IntrospectionResponses(builder.issuer, builder.signingKeys(), clock),
            clock);
    RateLimit perClient =
        builder.perClient == null
            ? ServerRateLimits.introspectionPerClient(InMemoryRateLimit.factory(), clock)
            : builder.perClient;
    this.endpoint = new IntrospectionEndpoint(url, callers, perClient, disclosure);
  }

  /**
   * Starts the settings.
   *
   * @return a builder; issuer, endpoint, tokens and clients are required
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void init(ServletConfig config) {
    endpoint.init(config);
  }

  @Override
  public @Nullable ServletConfig getServletConfig() {
    return endpoint.getServletConfig();
  }

  @Override
  public void service(ServletRequest request, ServletResponse response)
      throws ServletException, IOException {
    endpoint.service(request, response);
  }

  @Override
  public String getServletInfo() {
    return getClass().getSimpleName();
  }

  @Override
  public void destroy() {
    endpoint.destroy();
  }

  /** Collects the settings. Not thread-safe. */
  public static final class Builder {
    private String issuer = "";
    private String endpoint = "";
    private @Nullable TokenLookup tokens;
    private @Nullable ClientRegistry clients;
    private @Nullable RateLimit perClient;
    private @Nullable RateLimit failedAuthentications;
    private @Nullable ReplayGuard replays;
    private @Nullable KeysByAddress keysByAddress;
    private @Nullable ECKey signingKey;
    private @Nullable SigningKeys signingKeys;
    private InstantSource clock = InstantSource.system();
    private Predicate<StoredToken> stillValid = token -> true;

    private Builder() {}

    /** Adds a condition that active tokens must fulfil. */
    Builder onlyIf(Predicate<StoredToken> stillValid) {
      this.stillValid = stillValid;
      return this;
    }

    /** Shares fetched keys with other endpoints. */
    Builder keysByAddress(KeysByAddress keys) {
      this.keysByAddress = keys;
      return this;
    }

    /** Signs with the keys of the authorization server. */
    Builder signingKeys(SigningKeys keys) {
      this.signingKeys = keys;
      return this;
    }

    private @Nullable SigningKeys signingKeys() {
      return signingKey == null ? signingKeys : SigningKeys.fixed(signingKey);
    }

    /**
     * Sets the authorization server's issuer, the {@code iss} of responses. Required.
     *
     * @param issuer its URL
     * @return this
     */
    public Builder issuer(String issuer) {
      this.issuer = requireNonNull(issuer, "issuer");
      return this;
    }

    /**
     * Sets the public URL of this servlet, which clients' assertions may have as their audience
     * (RFC 7523 §3). Required.
     *
     * @param url the endpoint's public URL
     * @return this
     */
    public Builder endpoint(String url) {
      this.endpoint = requireNonNull(url, "url");
      return this;
    }

    /**
     * Sets the lookup of stored tokens. Required.
     *
     * @param tokens called once for each authorized request
     * @return this
     */
    public Builder tokens(TokenLookup tokens) {
      this.tokens = requireNonNull(tokens, "tokens");
      return this;
    }

    /**
     * Sets the clients that may introspect. Required.
     *
     * @param clients the resource servers, at least
     * @return this
     */
    public Builder clients(ClientRegistry clients) {
      this.clients = requireNonNull(clients, "clients");
      return this;
    }

    /**
     * Limits the introspection requests of one resource server.
     *
     * @param limit charged by client id before each look-up; 5,000 at once and 1,000 a second when
     *     not set
     * @return this
     */
    public Builder rateLimit(RateLimit limit) {
      this.perClient = requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Limits failed client authentications.
     *
     * @param limit charged by address for each failed attempt; 30 at once and one every two seconds
     *     when not set
     * @return this
     */
    public Builder failedAuthenticationRateLimit(RateLimit limit) {
      this.failedAuthentications = requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Sets where used assertions of clients are recorded.
     *
     * @param replays shared between nodes with the same issuer; in memory when not set
     * @return this
     */
    public Builder replayGuard(ReplayGuard replays) {
      this.replays = requireNonNull(replays, "replays");
      return this;
    }

    /**
     * Sets the key that signs responses for callers that accept {@code
     * application/token-introspection+jwt} (RFC 9701).
     *
     * @param key a private key on the curve P-256 with a key id; when not set, every response is
     *     JSON
     * @return this
     */
    public Builder signingKey(@Nullable ECKey key) {
      this.signingKey = key;
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
     * Builds the servlet.
     *
     * @return ready to be mapped
     * @throws IllegalArgumentException naming every missing or invalid setting, one line each
     */
    public TokenIntrospectionServlet build() {
      StringBuilder wrong = new StringBuilder();
      if (issuer.isEmpty()) {
        wrong.append("issuer: is missing; write the authorization server's URL\n");
      }
      if (endpoint.isEmpty()) {
        wrong.append("endpoint: is missing; write this servlet's public URL\n");
      }
      if (tokens == null) {
        wrong.append("tokens: is missing; write a lookup of stored tokens\n");
      }
      if (clients == null) {
        wrong.append("clients: is missing; write the registry of clients that may introspect\n");
      }
      if (signingKey != null) {
        SigningSettings.keyErrors(signingKey).forEach(wrong::append);
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(wrong.toString().strip());
      }
      return new TokenIntrospectionServlet(this);
    }
  }
}
