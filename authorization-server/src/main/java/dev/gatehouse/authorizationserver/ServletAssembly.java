package dev.gatehouse.authorizationserver;

import dev.gatehouse.authorizationserver.internal.client.AssertionVerifier;
import dev.gatehouse.authorizationserver.internal.client.ClientAuthenticator;
import dev.gatehouse.authorizationserver.internal.client.ClientMetadataDocuments;
import dev.gatehouse.authorizationserver.internal.client.DocumentFetcher;
import dev.gatehouse.authorizationserver.internal.client.FailedAttempts;
import dev.gatehouse.authorizationserver.internal.client.FetchPermits;
import dev.gatehouse.authorizationserver.internal.client.KeysByAddress;
import dev.gatehouse.authorizationserver.internal.client.RegistrationEndpoint;
import dev.gatehouse.authorizationserver.internal.client.RegistrationLimits;
import dev.gatehouse.authorizationserver.internal.endpoint.EndpointUrls;
import dev.gatehouse.authorizationserver.internal.endpoint.JwksEndpoint;
import dev.gatehouse.authorizationserver.internal.endpoint.MetadataDocument;
import dev.gatehouse.authorizationserver.internal.endpoint.MetadataEndpoint;
import dev.gatehouse.authorizationserver.internal.endpoint.NotFoundEndpoint;
import dev.gatehouse.authorizationserver.internal.keys.SigningKeys;
import dev.gatehouse.authorizationserver.internal.login.AuthorizationEndpoint;
import dev.gatehouse.authorizationserver.internal.login.AuthorizationRequests;
import dev.gatehouse.authorizationserver.internal.login.BrowserSessions;
import dev.gatehouse.authorizationserver.internal.login.ConsentEndpoint;
import dev.gatehouse.authorizationserver.internal.login.LoginCheck;
import dev.gatehouse.authorizationserver.internal.login.LoginEndpoint;
import dev.gatehouse.authorizationserver.internal.login.Pages;
import dev.gatehouse.authorizationserver.internal.settings.DocumentRateLimits;
import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.internal.settings.ServerIdentity;
import dev.gatehouse.authorizationserver.internal.settings.ServerRateLimits;
import dev.gatehouse.authorizationserver.internal.settings.ServerSettings;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.internal.token.AccessTokenFormat;
import dev.gatehouse.authorizationserver.internal.token.KeyProofs;
import dev.gatehouse.authorizationserver.internal.token.RevocationEndpoint;
import dev.gatehouse.authorizationserver.internal.token.Sweeper;
import dev.gatehouse.authorizationserver.internal.token.TokenEndpoint;
import dev.gatehouse.authorizationserver.internal.token.TokenGrants;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.UserStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import jakarta.servlet.Servlet;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Assembles the servlets: the only class that reads all settings. */
final class ServletAssembly {
  private final ServerSettings settings;
  private final SigningKeys keys;
  private final ServerIdentity identity;
  private final Stores stores;
  private final ServerRateLimits limits;
  private final InstantSource clock;
  private final EndpointUrls urls;
  private final DocumentFetcher fetcher;
  private final FetchPermits permits;
  private final ClientRegistry clients;
  private final KeysByAddress keysByAddress;

  ServletAssembly(ServerSettings settings, SigningKeys keys, EndpointUrls urls) {
    this.settings = settings;
    this.keys = keys;
    this.identity = settings.identity();
    this.stores = settings.stores();
    this.limits = settings.limits();
    this.clock = settings.clock();
    this.urls = urls;
    this.fetcher = DocumentFetcher.of(settings.admission().documentAccess());
    this.permits = new FetchPermits(DocumentRateLimits.of(InMemoryRateLimit.factory(), clock));
    this.clients = clients();
    this.keysByAddress = new KeysByAddress(fetcher, permits, clock);
  }

  private ClientRegistry clients() {
    return stores.users().isPresent() && settings.admission().metadataDocuments()
        ? new ClientMetadataDocuments(
            stores.clients(), fetcher, identity.scopesSupported(), permits, clock)
        : stores.clients();
  }

  Servlet metadata() {
    return new MetadataEndpoint(urls.metadataPaths(), MetadataDocument.of(settings, urls));
  }

  Map<String, Servlet> byPath() {
    Map<String, Servlet> servlets = new LinkedHashMap<>();
    ClientAuthenticator authenticator =
        new ClientAuthenticator(
            clients,
            new AssertionVerifier(
                identity.issuer(),
                List.of(urls.token(), urls.revocation()),
                keysByAddress,
                stores.tokens(),
                clock),
            new FailedAttempts(limits.failedAuthentications()));
    servlets.put(EndpointUrls.TOKEN, token(authenticator));
    servlets.put(EndpointUrls.INTROSPECTION, introspection());
    servlets.put(
        EndpointUrls.REVOCATION,
        new RevocationEndpoint(urls.revocation(), stores.tokens(), authenticator));
    servlets.put(EndpointUrls.JWKS, new JwksEndpoint(keys));
    stores.users().ifPresent(users -> pages(users, servlets));
    settings
        .registrationRegistry()
        .ifPresent(registry -> servlets.put(EndpointUrls.REGISTRATION, registration(registry)));
    servlets.put(EndpointUrls.ANYTHING_ELSE, new NotFoundEndpoint());
    return servlets;
  }

  private Servlet token(ClientAuthenticator authenticator) {
    Lifetimes lifetimes = settings.lifetimes();
    return new TokenEndpoint(
        urls.token(),
        authenticator,
        new TokenGrants(identity, stores, lifetimes, accessTokens(), proofs(), clock),
        lifetimes.accessToken(),
        new Sweeper(stores, limits.factory(), keys, lifetimes.registeredClient(), clock));
  }

  private AccessTokenFormat accessTokens() {
    return settings.signing().jwtAccessTokens()
        ? AccessTokenFormat.jwt(identity.issuer(), keys)
        : AccessTokenFormat.opaque();
  }

  private KeyProofs proofs() {
    return new KeyProofs(urls.token(), stores.tokens(), settings.certificateBoundTokens(), clock);
  }

  private Servlet introspection() {
    return TokenIntrospectionServlet.builder()
        .issuer(identity.issuer())
        .endpoint(urls.introspection().toString())
        .tokens(stores.tokens())
        .onlyIf(this::clientExists)
        .clients(clients)
        .keysByAddress(keysByAddress)
        .rateLimit(limits.introspection())
        .failedAuthenticationRateLimit(limits.failedAuthentications())
        .replayGuard(stores.tokens())
        .signingKeys(keys)
        .clock(clock)
        .build();
  }

  /**
   * Whether a token's client still exists: removing a client from the registry ends its tokens. A
   * client with a metadata document is not in the registry.
   */
  private boolean clientExists(StoredToken token) {
    return token.clientId().startsWith("https://")
        ? settings.admission().metadataDocuments()
        : stores.clients().find(token.clientId()).isPresent();
  }

  private Servlet registration(MutableClientRegistry registry) {
    return new RegistrationEndpoint(
        urls.registration(),
        registry,
        identity.scopesSupported(),
        new RegistrationLimits(limits.registration(), clock),
        settings.certificateBoundTokens(),
        clock);
  }

  private void pages(UserStore users, Map<String, Servlet> servlets) {
    Pages pages = new Pages(urls, settings.scopeDescriptions());
    BrowserSessions browsers = new BrowserSessions(urls, stores, settings.passwordAcr(), clock);
    AuthorizationRequests requests =
        new AuthorizationRequests(identity, settings.passwordAcr(), clients, urls.authorization());
    servlets.put(EndpointUrls.AUTHORIZATION, new AuthorizationEndpoint(pages, requests, browsers));
    servlets.put(
        EndpointUrls.LOGIN,
        new LoginEndpoint(urls, pages, requests, browsers, new LoginCheck(users, limits.login())));
    servlets.put(
        EndpointUrls.CONSENT, new ConsentEndpoint(stores, clock, urls, pages, requests, browsers));
  }
}
