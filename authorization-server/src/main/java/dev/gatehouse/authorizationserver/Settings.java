package dev.gatehouse.authorizationserver;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.oauth2.sdk.GrantType;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything the endpoints are told, checked once. */
record Settings(
    String issuer,
    Set<String> resources,
    Set<String> scopesSupported,
    @Nullable ClientRegistry configuredClients,
    TokenStore tokens,
    InstantSource clock,
    Duration accessTokenLifetime,
    Duration refreshTokenLifetime,
    Duration refreshGrace,
    Duration registeredClientLifetime,
    @Nullable UserStore configuredUsers,
    SessionStore sessions,
    Map<String, String> scopeDescriptions,
    ECKey signingKey,
    boolean dynamicRegistration,
    boolean clientMetadataDocuments,
    Limits limits,
    RateLimits rateLimits,
    boolean allowInsecureHttp) {
  static final Duration DEFAULT_ACCESS_TOKEN_LIFETIME = Duration.ofMinutes(10);
  static final Duration DEFAULT_REFRESH_TOKEN_LIFETIME = Duration.ofDays(30);
  static final Duration DEFAULT_REFRESH_GRACE = Duration.ofSeconds(10);
  static final Duration DEFAULT_REGISTERED_CLIENT_LIFETIME = Duration.ofDays(90);

  /** RFC 6749 §4.1.2 allows ten minutes; a redirect takes a second. */
  static final Duration CODE_LIFETIME = Duration.ofSeconds(60);

  /** How long a browser stays logged in. */
  static final Duration SESSION_LIFETIME = Duration.ofHours(8);

  /** How long a client that has registered itself waits for the first user who lets it act. */
  static final Duration UNUSED_CLIENT_LIFETIME = Duration.ofDays(1);

  private static final Duration LONGEST_REFRESH_GRACE = Duration.ofMinutes(1);

  /** A day: an opaque token is cheap to renew, and one that leaked should not last. */
  private static final Duration LONGEST_ACCESS_TOKEN_LIFETIME = Duration.ofDays(1);

  Settings {
    resources = InOrder.copyOf(resources);
    scopesSupported = InOrder.copyOf(scopesSupported);
    scopeDescriptions = Map.copyOf(scopeDescriptions);
    List<String> wrong = new ArrayList<>();
    checkIssuer(issuer, allowInsecureHttp, wrong);
    checkResources(resources, wrong);
    if (configuredClients == null) {
      wrong.add(
          "clientRegistry: is missing; write new InMemoryClientRegistry(…) with your clients");
    }
    for (String scope : scopesSupported) {
      if (!ScopeNames.isLegal(scope)) {
        wrong.add(
            "scopesSupported: \""
                + scope
                + "\" is not a scope token; leave out spaces, quotes and backslashes");
      }
    }
    if (accessTokenLifetime.toSeconds() < 1
        || accessTokenLifetime.compareTo(LONGEST_ACCESS_TOKEN_LIFETIME) > 0
        || !accessTokenLifetime.equals(accessTokenLifetime.truncatedTo(ChronoUnit.SECONDS))) {
      wrong.add(
          "accessTokenLifetime: "
              + accessTokenLifetime
              + " does not fit expires_in; write whole seconds, from one up to "
              + LONGEST_ACCESS_TOKEN_LIFETIME);
    }
    if (refreshTokenLifetime.compareTo(accessTokenLifetime) < 0) {
      wrong.add(
          "refreshTokenLifetime: "
              + refreshTokenLifetime
              + " is shorter than that of an access token; write more, such as P30D");
    }
    if (refreshGrace.isNegative() || refreshGrace.compareTo(LONGEST_REFRESH_GRACE) > 0) {
      wrong.add(
          "refreshGrace: "
              + refreshGrace
              + " is not a few seconds; write PT0S, for none, up to "
              + LONGEST_REFRESH_GRACE);
    }
    // As long as it has tokens it must be known, and its use is noted with each new one.
    if (registeredClientLifetime.compareTo(refreshTokenLifetime) < 0) {
      wrong.add(
          "registeredClientLifetime: "
              + registeredClientLifetime
              + " is shorter than that of a refresh token; write "
              + refreshTokenLifetime
              + " or more");
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", wrong));
    }
  }

  ClientRegistry clients() {
    return requireNonNull(configuredClients, "checked in the constructor");
  }

  /** Without users, nobody can log in: clients act for themselves, and that is all there is. */
  Optional<UserStore> users() {
    return Optional.ofNullable(configuredUsers);
  }

  /** Whoever may no longer log in may not go on by other ways either. */
  boolean isUserStillThere(@Nullable String subject, @Nullable String username) {
    return username != null
        && users()
            .flatMap(users -> users.find(username))
            .filter(user -> user.subject().equals(subject))
            .isPresent();
  }

  /** Where clients may register themselves; empty when they may not. */
  Optional<OpenClientRegistry> openRegistry() {
    return dynamicRegistration && users().isPresent() ? registeredClients() : Optional.empty();
  }

  /** Where clients are that have registered themselves, while they may or when they could. */
  Optional<OpenClientRegistry> registeredClients() {
    return configuredClients instanceof OpenClientRegistry open
        ? Optional.of(open)
        : Optional.empty();
  }

  /** Notes that a user has let a client act, so that it is not forgotten. */
  void isUsed(RegisteredClient client) {
    registeredClients().ifPresent(registry -> registry.used(client.id(), clock.instant()));
  }

  List<GrantType> grantTypes() {
    return configuredUsers == null
        ? List.of(GrantType.CLIENT_CREDENTIALS)
        : List.of(
            GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.CLIENT_CREDENTIALS);
  }

  private static void checkIssuer(String issuer, boolean allowInsecureHttp, List<String> wrong) {
    if (issuer.isEmpty()) {
      wrong.add(
          "issuer: is missing; write this server's own URL, such as https://login.example.com");
      return;
    }
    URI uri = parse(issuer);
    if (uri == null || uri.getHost() == null || !isHttp(uri)) {
      wrong.add("issuer: " + issuer + " is not an absolute http or https URL; write https://…");
      return;
    }
    // RFC 8414 §2: no query, no fragment
    if (uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getRawUserInfo() != null) {
      wrong.add("issuer: " + issuer + " must have no query, fragment or user; write only the URL");
    }
    // Clients compare the issuer to the slash, and URLs made from it would hold two.
    if (issuer.endsWith("/")) {
      wrong.add("issuer: " + issuer + " ends in a slash; leave it out");
    }
    if (!uri.getScheme().equalsIgnoreCase("https") && !isLoopback(uri) && !allowInsecureHttp) {
      wrong.add(
          "issuer: "
              + issuer
              + " would send secrets in the clear; write https, or allowInsecureHttp(true) for a test");
    }
  }

  private static void checkResources(Set<String> resources, List<String> wrong) {
    if (resources.isEmpty()) {
      wrong.add("resource: is missing; write the URI of each MCP server, such as https://host/mcp");
    }
    for (String resource : resources) {
      URI uri = parse(resource);
      // RFC 8707 §2
      if (uri == null || !uri.isAbsolute() || uri.getRawFragment() != null) {
        wrong.add("resource: " + resource + " must be an absolute URI without a fragment");
      }
    }
  }

  private static boolean isHttp(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
  }

  static boolean isLoopback(URI uri) {
    String host = uri.getHost();
    return host != null
        && (host.equalsIgnoreCase("localhost")
            || host.equals("[::1]")
            || host.matches("127(\\.\\d{1,3}){3}"));
  }

  private static @Nullable URI parse(String uri) {
    try {
      return new URI(uri);
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
