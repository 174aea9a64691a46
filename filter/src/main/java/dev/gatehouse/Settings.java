package dev.gatehouse;

import dev.gatehouse.internal.endpoint.ResourceDescription;
import dev.gatehouse.internal.http.HttpSettings;
import dev.gatehouse.internal.http.ReloadedTls;
import dev.gatehouse.internal.introspection.ServerConnection;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.rules.AcceptedAudience;
import dev.gatehouse.internal.rules.ScopePolicy;
import dev.gatehouse.internal.rules.TokenRules;
import dev.gatehouse.internal.settings.Setting;
import dev.gatehouse.internal.settings.SettingsReader;
import dev.gatehouse.internal.verify.CacheSettings;
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

  /** At least one; several only if each has an issuer. */
  final List<ServerConnection> servers;

  final boolean askInOrder;
  final List<String> authorizationServers;
  final Set<String> audience;

  /** Alternatives, any of which is enough; no alternative at all means that nothing is needed. */
  final List<Set<String>> requiredScopes;

  /** By scope, what it implies directly. */
  final Map<String, Set<String>> impliedScopes;

  final Set<String> challengeScopes;
  final Set<String> scopesSupported;
  final @Nullable String resourceName;
  final @Nullable String resourceDocumentation;
  final @Nullable String resourcePolicyUri;
  final @Nullable String resourceTosUri;
  final boolean forwardsServerMetadata;
  final Set<String> allowedOrigins;
  final Duration clockSkew;

  /** Zero: nothing is kept. */
  final Duration cacheTtl;

  /** Zero: only active answers are kept. */
  final Duration cacheInactiveTtl;

  final int cacheMaxEntries;

  /** Zero: an answer that is not fresh lets nobody in. */
  final Duration staleWhileUnavailable;

  /** Null: nobody may evict from outside. */
  final @Nullable String evictionPath;

  final @Nullable Reloadable<byte[]> evictionSecretHash;
  final Duration connectTimeout;
  final Duration requestTimeout;
  final int maxConcurrentIntrospections;

  /** Of one peer; zero for no limit. */
  final int maxBadTokensPerMinute;

  /** How many proxies are believed. */
  final int forwardedForDepth;

  /** Zero for none. */
  final Duration breakerWait;

  /** Of refused ones there is always a line. */
  final boolean auditAdmitted;

  final boolean selfTest;
  final boolean allowInsecureHttp;

  /** Null for the JVM's own trust store and no certificate of ours. */
  final @Nullable ReloadedTls tls;

  /** For {@link SettingsBuilder} alone: reading it collects what is wrong. */
  Settings(SettingsReader from) {
    allowInsecureHttp = from.flag(Setting.ALLOW_INSECURE_HTTP);
    resource = from.resource();
    tls = from.tls();
    servers = from.servers(tls);
    askInOrder = from.triesServersInOrder();
    authorizationServers = from.authorizationServers(servers);
    audience = from.audience();
    requiredScopes = from.requiredScopes();
    impliedScopes = from.impliedScopes();
    challengeScopes = from.challengeScopes(requiredScopes);
    scopesSupported = from.advertisedScopes(Setting.SCOPES_SUPPORTED);
    resourceName = from.text(Setting.RESOURCE_NAME);
    resourceDocumentation = from.page(Setting.RESOURCE_DOCUMENTATION);
    resourcePolicyUri = from.page(Setting.RESOURCE_POLICY_URI);
    resourceTosUri = from.page(Setting.RESOURCE_TOS_URI);
    forwardsServerMetadata = from.forwardsServerMetadata(servers);
    allowedOrigins = from.allowedOrigins();
    clockSkew = from.clockSkew();
    cacheTtl = from.cacheTime(Setting.CACHE_TTL);
    cacheInactiveTtl = from.cacheTime(Setting.CACHE_INACTIVE_TTL);
    cacheMaxEntries = from.count(Setting.CACHE_MAX_ENTRIES);
    staleWhileUnavailable = from.staleWhileUnavailable(cacheTtl);
    evictionPath = from.evictionPath();
    evictionSecretHash = from.evictionSecretHash();
    connectTimeout = from.timeLimit(Setting.CONNECT_TIMEOUT);
    requestTimeout = from.timeLimit(Setting.REQUEST_TIMEOUT);
    maxConcurrentIntrospections = from.count(Setting.MAX_CONCURRENT_INTROSPECTIONS);
    maxBadTokensPerMinute = from.countOrNone(Setting.MAX_BAD_TOKENS_PER_MINUTE, 999_999);
    forwardedForDepth = from.countOrNone(Setting.FORWARDED_FOR_DEPTH, 16);
    breakerWait = from.breakerWait();
    auditAdmitted = from.flag(Setting.AUDIT_ADMITTED);
    selfTest = from.flag(Setting.SELF_TEST);
  }

  /**
   * Begins with every setting at its default.
   *
   * @return a new builder
   */
  public static SettingsBuilder builder() {
    return new SettingsBuilder();
  }

  /** The rules that every token must meet. */
  TokenRules tokenRules() {
    return new TokenRules(AcceptedAudience.of(audience), clockSkew);
  }

  /** The scopes that every call needs. */
  ScopePolicy scopePolicy() {
    return new ScopePolicy(requiredScopes, impliedScopes);
  }

  CacheSettings cache() {
    return new CacheSettings(
        cacheTtl,
        cacheInactiveTtl,
        cacheMaxEntries,
        staleWhileUnavailable,
        maxBadTokensPerMinute != 0);
  }

  /**
   * As many connections as callers may use; and one for each server and each endpoint, so that our
   * own requests never wait for a connection that callers hold.
   */
  HttpSettings http() {
    int connections =
        servers.stream()
            .mapToInt(each -> 1 + Math.max(1, each.introspectionEndpoints().size()))
            .reduce(maxConcurrentIntrospections, Integer::sum);
    return new HttpSettings(connectTimeout, requestTimeout, connections, tls);
  }

  /** What the metadata document says. */
  ResourceDescription description() {
    return new ResourceDescription(
        resource,
        authorizationServers,
        scopesSupported,
        resourceName,
        resourceDocumentation,
        resourcePolicyUri,
        resourceTosUri);
  }

  /** Names the resource alone. */
  @Override
  public String toString() {
    return "Settings[resource=" + resource + "]";
  }
}
