package dev.gatehouse.authorizationserver;

import jakarta.servlet.Servlet;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;

/** Puts the servlets together: the one place that knows all of them. */
final class Servlets {
  private final Settings settings;
  private final EndpointUrls urls;
  private final ClientRegistry clients;

  Servlets(Settings settings, EndpointUrls urls) {
    this.settings = settings;
    this.urls = urls;
    this.clients = clients(settings);
  }

  private static ClientRegistry clients(Settings settings) {
    return settings.users().isPresent() && settings.clientMetadataDocuments()
        ? new ClientMetadataDocuments(
            settings.clients(),
            new DocumentFetcher(
                (SSLSocketFactory) SSLSocketFactory.getDefault(),
                PublicAddress::isPublic,
                Duration.ofSeconds(5)),
            settings.scopesSupported(),
            settings.clock())
        : settings.clients();
  }

  Servlet metadata() {
    return new MetadataEndpoint(urls.metadataPaths(), MetadataDocument.of(settings, urls));
  }

  Map<String, Servlet> byPath() {
    Map<String, Servlet> servlets = new LinkedHashMap<>();
    ClientAuthenticator authenticator =
        new ClientAuthenticator(
            clients,
            new OneTimeAssertion(
                settings.issuer(),
                List.of(urls.token(), urls.revocation()),
                settings.tokens(),
                settings.clock()),
            new Strangers(settings.limits().strangers()));
    servlets.put(EndpointUrls.TOKEN, new TokenEndpoint(settings, urls.token(), authenticator));
    servlets.put(EndpointUrls.INTROSPECTION, introspection());
    servlets.put(
        EndpointUrls.REVOCATION,
        new RevocationEndpoint(urls.revocation(), settings.tokens(), authenticator));
    servlets.put(EndpointUrls.JWKS, new JwksEndpoint(settings.signingKey()));
    settings.users().ifPresent(users -> pages(users, servlets));
    settings
        .openRegistry()
        .ifPresent(
            registry ->
                servlets.put(
                    EndpointUrls.REGISTRATION,
                    new RegistrationEndpoint(
                        urls.registration(),
                        registry,
                        settings.scopesSupported(),
                        settings.limits().registration(),
                        settings.clock())));
    servlets.put(EndpointUrls.ANYTHING_ELSE, new NotFoundEndpoint());
    return servlets;
  }

  private TokenIntrospectionServlet introspection() {
    return TokenIntrospectionServlet.builder()
        .issuer(settings.issuer())
        .endpoint(urls.introspection().toString())
        .tokens(settings.tokens())
        .onlyIf(this::isClientStillThere)
        .clients(clients)
        .rateLimit(settings.limits().introspection())
        .strangerRateLimit(settings.limits().strangers())
        .replayGuard(settings.tokens())
        .signingKey(settings.signingKey())
        .clock(settings.clock())
        .build();
  }

  /**
   * A client that was taken out of the registry takes its tokens with it; one at a URL has none
   * there.
   */
  private boolean isClientStillThere(StoredToken token) {
    return token.clientId().startsWith("https://")
        ? settings.clientMetadataDocuments()
        : settings.clients().find(token.clientId()).isPresent();
  }

  private void pages(UserStore users, Map<String, Servlet> servlets) {
    Pages pages = new Pages(urls, settings.scopeDescriptions());
    Browsers browsers = new Browsers(urls, settings);
    AuthorizationRequests requests =
        new AuthorizationRequests(settings, clients, urls.authorization());
    servlets.put(EndpointUrls.AUTHORIZATION, new AuthorizationEndpoint(pages, requests, browsers));
    servlets.put(
        EndpointUrls.LOGIN,
        new LoginEndpoint(
            urls, pages, requests, browsers, new LoginCheck(users, settings.limits())));
    servlets.put(
        EndpointUrls.CONSENT, new ConsentEndpoint(settings, urls, pages, requests, browsers));
  }
}
