package dev.gatehouse.authorizationserver;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.jwk.ECKey;
import dev.gatehouse.authorizationserver.internal.client.AssertionVerifier;
import dev.gatehouse.authorizationserver.internal.client.ClientAuthenticator;
import dev.gatehouse.authorizationserver.internal.client.FailedAttempts;
import dev.gatehouse.authorizationserver.internal.introspection.IntrospectionCaller;
import dev.gatehouse.authorizationserver.internal.introspection.IntrospectionEndpoint;
import dev.gatehouse.authorizationserver.internal.introspection.IntrospectionResponses;
import dev.gatehouse.authorizationserver.internal.introspection.TokenDisclosure;
import dev.gatehouse.authorizationserver.internal.settings.ServerRateLimits;
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
 * Answers resource servers that ask about a token (RFC 7662), over any {@link TokenLookup} and
 * {@link ClientRegistry}. It is part of {@link AuthorizationServer}, and can stand alone:
 *
 * <pre>{@code
 * TokenIntrospectionServlet servlet =
 *     TokenIntrospectionServlet.builder()
 *         .issuer("https://login.example.com")
 *         .endpoint("https://login.example.com/introspect")
 *         .tokens(token -> myTokens.find(token.value()))
 *         .clients(new InMemoryClientRegistry(List.of(notesServer)))
 *         .build();
 * context.addServlet("introspection", servlet).addMapping("/introspect");
 * }</pre>
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
   * The scope of an access token that a resource server may ask with, in the place of its
   * credentials.
   */
  public static final String SCOPE = ScopeNames.INTROSPECT;

  private final IntrospectionEndpoint endpoint;

  private TokenIntrospectionServlet(Builder builder) {
    URI url = URI.create(builder.endpoint);
    InstantSource clock = builder.clock;
    TokenLookup tokens =
        requireNonNull(builder.tokens, "tokens: is missing; write where tokens are found");
    ClientRegistry clients =
        requireNonNull(builder.clients, "clients: is missing; write who may ask");
    FailedAttempts failedAttempts =
        new FailedAttempts(
            builder.failedAuthentications == null
                ? ServerRateLimits.failedAuthentications(InMemoryRateLimit.factory(), clock)
                : builder.failedAuthentications);
    ReplayGuard replays =
        builder.replays == null ? new InMemoryReplayGuard(clock) : builder.replays;
    IntrospectionCaller callers =
        new IntrospectionCaller(
            new ClientAuthenticator(
                clients,
                new AssertionVerifier(builder.issuer, List.of(url), replays, clock),
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
            new IntrospectionResponses(builder.issuer, builder.signingKey, clock),
            clock);
    RateLimit perClient =
        builder.perClient == null
            ? ServerRateLimits.introspectionPerClient(InMemoryRateLimit.factory(), clock)
            : builder.perClient;
    this.endpoint = new IntrospectionEndpoint(url, callers, perClient, disclosure);
  }

  /**
   * Begins the settings.
   *
   * @return a builder in which issuer, endpoint, tokens and clients are still missing
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
    private @Nullable ECKey signingKey;
    private InstantSource clock = InstantSource.system();
    private Predicate<StoredToken> stillValid = token -> true;

    private Builder() {}

    /** Tells of tokens that would be shown as active whether they still are. */
    Builder onlyIf(Predicate<StoredToken> stillValid) {
      this.stillValid = stillValid;
      return this;
    }

    /**
     * Names the authorization server, as {@code iss} will say. Required.
     *
     * @param issuer its URL
     * @return this
     */
    public Builder issuer(String issuer) {
      this.issuer = requireNonNull(issuer, "issuer");
      return this;
    }

    /**
     * Says where this servlet is reached from outside, which is one of the audiences that a
     * client's assertion may have (RFC 7523 §3). Required.
     *
     * @param url the endpoint's public URL
     * @return this
     */
    public Builder endpoint(String url) {
      this.endpoint = requireNonNull(url, "url");
      return this;
    }

    /**
     * Says where tokens are found. Required.
     *
     * @param tokens asked once for each request that may ask
     * @return this
     */
    public Builder tokens(TokenLookup tokens) {
      this.tokens = requireNonNull(tokens, "tokens");
      return this;
    }

    /**
     * Says who may ask. Required.
     *
     * @param clients the resource servers, at least
     * @return this
     */
    public Builder clients(ClientRegistry clients) {
      this.clients = requireNonNull(clients, "clients");
      return this;
    }

    /**
     * Limits how often one resource server may ask.
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
     * Limits how often credentials may be wrong.
     *
     * @param limit charged by address for each failed try; 30 at once and one every two seconds
     *     when not set
     * @return this
     */
    public Builder failedAuthenticationRateLimit(RateLimit limit) {
      this.failedAuthentications = requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Says where used assertions of clients are remembered.
     *
     * @param replays shared between nodes that share a name; in memory when not set
     * @return this
     */
    public Builder replayGuard(ReplayGuard replays) {
      this.replays = requireNonNull(replays, "replays");
      return this;
    }

    /**
     * Gives a key to sign answers with, for callers that ask for {@code
     * application/token-introspection+jwt} (RFC 9701).
     *
     * @param key a private key on the curve P-256 with a key id; when not set, all get JSON
     * @return this
     */
    public Builder signingKey(@Nullable ECKey key) {
      this.signingKey = key;
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
     * Builds the servlet.
     *
     * @return ready to be mapped
     * @throws IllegalArgumentException naming all that is missing, one line each
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
        wrong.append("tokens: is missing; write where tokens are found\n");
      }
      if (clients == null) {
        wrong.append("clients: is missing; write who may ask\n");
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(wrong.toString().strip());
      }
      return new TokenIntrospectionServlet(this);
    }
  }
}
