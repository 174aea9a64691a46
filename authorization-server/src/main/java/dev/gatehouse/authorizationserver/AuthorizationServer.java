package dev.gatehouse.authorizationserver;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
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
  private final Settings settings;

  private AuthorizationServer(Settings settings) {
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
   * issuer {@code /oauth/token}, {@code /oauth/introspect} and {@code /oauth/revoke}.
   *
   * @param context the application, while it may still be added to (Servlet 6.0 §4.4)
   * @throws IllegalStateException when a servlet of the same name is there already
   */
  public void register(ServletContext context) {
    EndpointUrls urls = new EndpointUrls(settings.issuer());
    ClientAuthenticator authenticator = new ClientAuthenticator(settings.clients());
    String base = withoutContextPath(urls.path(), context.getContextPath());
    add(context, "metadata", MetadataEndpoint.of(settings, urls), urls.metadataMappings(base));
    add(
        context,
        "token",
        new TokenEndpoint(settings, urls.token(), authenticator),
        base + EndpointUrls.TOKEN);
    add(
        context,
        "introspection",
        new TokenIntrospectionServlet(
            settings.issuer(),
            urls.introspection(),
            settings.tokens(),
            authenticator,
            settings.clock()),
        base + EndpointUrls.INTROSPECTION);
    add(
        context,
        "revocation",
        new RevocationEndpoint(urls.revocation(), settings.tokens(), authenticator),
        base + EndpointUrls.REVOCATION);
    add(context, "not-found", new NotFoundEndpoint(), base + "/oauth/*");
  }

  private static String withoutContextPath(String issuerPath, String contextPath) {
    return issuerPath.equals(contextPath) || issuerPath.startsWith(contextPath + "/")
        ? issuerPath.substring(contextPath.length())
        : issuerPath;
  }

  private static void add(ServletContext context, String name, Servlet servlet, String... paths) {
    ServletRegistration.Dynamic added =
        context.addServlet("gatehouse-authorization-server-" + name, servlet);
    if (added == null) {
      throw new IllegalStateException(
          "this application has a servlet gatehouse-authorization-server-" + name + " already");
    }
    Set<String> taken = added.addMapping(paths);
    if (!taken.isEmpty()) {
      throw new IllegalStateException(
          "another servlet of this application is mapped to " + taken + "; map it elsewhere");
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
    private Duration accessTokenLifetime = Settings.DEFAULT_ACCESS_TOKEN_LIFETIME;
    private boolean allowInsecureHttp;

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
      return new AuthorizationServer(
          new Settings(
              issuer,
              resources,
              scopesSupported,
              clients,
              tokens,
              clock,
              accessTokenLifetime,
              allowInsecureHttp));
    }
  }
}
