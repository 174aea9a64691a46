package dev.gatehouse;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the filter is told, checked and immutable.
 *
 * <p>Each setting has one name, written {@code client-id} as a filter init-param, {@code
 * GATEHOUSE_CLIENT_ID} in the environment and {@code clientId} in the {@link #builder()}. The guide
 * lists them all. There is one way to make one, {@link SettingsBuilder#build()}, and so one place
 * that checks; it can't be read from outside the filter, since it holds secrets.
 */
public final class Settings {

  /** As the user wrote it: clients compare it with what they typed, to the slash. */
  final String resource;

  final @Nullable String issuer;
  final @Nullable URI introspectionEndpoint;
  final List<String> authorizationServers;
  final ClientCredentials credentials;
  final Set<String> audience;
  final AudienceAlternative audienceAlternative;

  /** Alternatives, any of which is enough; no alternative at all means that nothing is needed. */
  final List<Set<String>> requiredScopes;

  /** By scope, what it implies directly. */
  final Map<String, Set<String>> impliedScopes;

  final Set<String> challengeScopes;
  final Set<String> scopesSupported;
  final @Nullable String resourceName;
  final @Nullable String resourceDocumentation;
  final Set<String> allowedOrigins;
  final Duration clockSkew;
  final Duration connectTimeout;
  final Duration requestTimeout;
  final int maxConcurrentIntrospections;
  final boolean allowInsecureHttp;

  /** For {@link SettingsBuilder} alone: reading it collects what is wrong. */
  Settings(SettingsReader from) {
    allowInsecureHttp = from.flag(Setting.ALLOW_INSECURE_HTTP);
    resource = from.resource();
    issuer = from.issuer();
    introspectionEndpoint = from.uri(Setting.INTROSPECTION_ENDPOINT);
    authorizationServers = from.authorizationServers(issuer);
    credentials = from.credentials();
    audience = from.audience(resource);
    audienceAlternative = from.audienceAlternative();
    requiredScopes = from.requiredScopes();
    impliedScopes = from.impliedScopes();
    challengeScopes = from.challengeScopes(requiredScopes);
    scopesSupported = from.advertisedScopes(Setting.SCOPES_SUPPORTED);
    resourceName = from.text(Setting.RESOURCE_NAME);
    resourceDocumentation = from.documentation();
    allowedOrigins = from.allowedOrigins(resource);
    clockSkew = from.duration(Setting.CLOCK_SKEW, Duration.ZERO, Duration.ofSeconds(60));
    connectTimeout =
        from.duration(Setting.CONNECT_TIMEOUT, Duration.ofMillis(1), Duration.ofMinutes(5));
    requestTimeout =
        from.duration(Setting.REQUEST_TIMEOUT, Duration.ofMillis(1), Duration.ofMinutes(5));
    maxConcurrentIntrospections = from.count(Setting.MAX_CONCURRENT_INTROSPECTIONS);
  }

  /**
   * Begins with every setting at its default.
   *
   * @return a new builder
   */
  public static SettingsBuilder builder() {
    return new SettingsBuilder();
  }

  /** Names the resource alone. */
  @Override
  public String toString() {
    return "Settings[resource=" + resource + "]";
  }
}
