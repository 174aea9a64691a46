package dev.gatehouse;

import dev.gatehouse.internal.endpoint.ResourceDescription;
import dev.gatehouse.internal.http.ForwardProxy;
import dev.gatehouse.internal.http.HttpSettings;
import dev.gatehouse.internal.http.ReloadedTls;
import dev.gatehouse.internal.introspection.ServerConnection;
import dev.gatehouse.internal.mcp.McpBodyReader;
import dev.gatehouse.internal.mcp.McpHeaders;
import dev.gatehouse.internal.mcp.McpPolicy;
import dev.gatehouse.internal.mcp.McpSettings;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.rules.AcceptedAudience;
import dev.gatehouse.internal.rules.KnownScopes;
import dev.gatehouse.internal.rules.ScopeAlternatives;
import dev.gatehouse.internal.rules.ScopePolicy;
import dev.gatehouse.internal.rules.TokenRules;
import dev.gatehouse.internal.settings.Setting;
import dev.gatehouse.internal.settings.SettingsReader;
import dev.gatehouse.internal.stream.StreamSettings;
import dev.gatehouse.internal.verify.CacheSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The validated settings of a filter. They are immutable.
 *
 * <p>Each setting has one name, written {@code client-id} as a filter init-param, {@code
 * GATEHOUSE_CLIENT_ID} in the environment and {@code clientId} in the {@link #builder()}. The guide
 * lists all of them. Only {@link SettingsBuilder#build()} creates instances, after validation.
 * Their values can't be read from outside the filter, because they contain secrets.
 */
public final class Settings {

  /** Exactly as configured: clients compare it with the URI that they use. */
  final String resource;

  /** At least one; if there are several, each has an issuer. */
  final List<ServerConnection> servers;

  /** In the order in which they were added. */
  final List<NamedVerifier> verifiers;

  /** Whether a token that indicates no server is sent to one server after the other. */
  final boolean tryServersInOrder;

  final List<String> authorizationServers;
  final Set<String> audience;

  /** Alternatives, any of which is enough; empty if no scope is required. */
  final List<Set<String>> requiredScopes;

  /** For each scope, the scopes that it implies directly. */
  final Map<String, Set<String>> impliedScopes;

  final Set<String> challengeScopes;
  final Set<String> scopesSupported;
  final @Nullable String resourceName;
  final @Nullable String resourceDocumentation;
  final @Nullable String resourcePolicyUri;
  final @Nullable String resourceTosUri;
  final boolean forwardsServerMetadata;
  final Set<String> allowedOrigins;

  /** Rules for MCP messages, and what to do with them. */
  final McpSettings mcp;

  final Duration clockSkew;
  final int maxTokenLength;

  /** Zero turns the cache off. */
  final Duration cacheTtl;

  /** Zero caches only active results. */
  final Duration cacheInactiveTtl;

  final int cacheMaxEntries;
  final int cacheMaxBytes;

  /** Zero never uses a stale result. */
  final Duration staleWhileUnavailable;

  /** Null for no eviction endpoint. */
  final @Nullable String evictionPath;

  final @Nullable Reloadable<byte[]> evictionSecretHash;

  /** Whether MCP sessions are bound to the callers that they were issued to. */
  final boolean bindsSessions;

  final Duration sessionIdle;

  /** Zero never verifies the token of an open stream again. */
  final Duration streamRecheck;

  final Duration connectTimeout;
  final Duration requestTimeout;
  final int maxConcurrentIntrospections;

  /** For one client address; zero for no limit. */
  final int maxBadTokensPerMinute;

  /** Number of trusted proxies that append to {@code X-Forwarded-For}. */
  final int forwardedForDepth;

  /** Zero: failures don't open the circuit breaker. */
  final Duration breakerWait;

  /** Refused requests are always logged. */
  final boolean auditAdmitted;

  /** Whether the servlet may also serve paths to which the filter is not mapped. */
  final boolean allowsUnprotectedPaths;

  final boolean selfTest;
  final boolean allowInsecureHttp;

  /** Null to connect directly. */
  final ForwardProxy.@Nullable Choice proxy;

  /** Null for the JVM's trust store and no client certificate. */
  final @Nullable ReloadedTls tls;

  /** Called only by {@link SettingsBuilder}; the reader collects the errors. */
  Settings(SettingsReader reader, List<NamedVerifier> verifiers) {
    allowInsecureHttp = reader.flag(Setting.ALLOW_INSECURE_HTTP);
    resource = reader.resource();
    tls = reader.tls();
    this.verifiers = List.copyOf(verifiers);
    servers = reader.servers(tls, !verifiers.isEmpty());
    verifiers.forEach(each -> reader.checkVerifier(each.name(), each.prefix()));
    proxy = reader.proxy(servers);
    tryServersInOrder = reader.triesServersInOrder();
    authorizationServers = reader.authorizationServers(servers);
    audience = reader.audience();
    requiredScopes = reader.requiredScopes();
    impliedScopes = reader.impliedScopes();
    challengeScopes = reader.challengeScopes(requiredScopes);
    scopesSupported = reader.advertisedScopes(Setting.SCOPES_SUPPORTED);
    resourceName = reader.text(Setting.RESOURCE_NAME);
    resourceDocumentation = reader.page(Setting.RESOURCE_DOCUMENTATION);
    resourcePolicyUri = reader.page(Setting.RESOURCE_POLICY_URI);
    resourceTosUri = reader.page(Setting.RESOURCE_TOS_URI);
    forwardsServerMetadata = reader.forwardsServerMetadata(servers);
    allowedOrigins = reader.allowedOrigins();
    mcp = reader.mcp();
    clockSkew = reader.clockSkew();
    maxTokenLength = reader.maxTokenLength();
    cacheTtl = reader.cacheTime(Setting.CACHE_TTL);
    cacheInactiveTtl = reader.cacheTime(Setting.CACHE_INACTIVE_TTL);
    cacheMaxEntries = reader.count(Setting.CACHE_MAX_ENTRIES);
    cacheMaxBytes = reader.cacheMaxBytes();
    staleWhileUnavailable = reader.staleWhileUnavailable(cacheTtl);
    evictionPath = reader.evictionPath();
    evictionSecretHash = reader.evictionSecretHash();
    bindsSessions = reader.flag(Setting.SESSION_BINDING);
    sessionIdle = reader.sessionIdle();
    streamRecheck = reader.streamRecheck();
    connectTimeout = reader.timeLimit(Setting.CONNECT_TIMEOUT);
    requestTimeout = reader.timeLimit(Setting.REQUEST_TIMEOUT);
    maxConcurrentIntrospections = reader.count(Setting.MAX_CONCURRENT_INTROSPECTIONS);
    maxBadTokensPerMinute = reader.countOrNone(Setting.MAX_BAD_TOKENS_PER_MINUTE, 999_999);
    forwardedForDepth = reader.countOrNone(Setting.FORWARDED_FOR_DEPTH, 16);
    breakerWait = reader.breakerWait();
    auditAdmitted = reader.flag(Setting.AUDIT_ADMITTED);
    allowsUnprotectedPaths = reader.allowsUnprotectedPaths();
    selfTest = reader.flag(Setting.SELF_TEST);
  }

  /**
   * Creates a builder in which every setting has its default.
   *
   * @return a new builder
   */
  public static SettingsBuilder builder() {
    return new SettingsBuilder();
  }

  /** The rules that every token must satisfy. */
  TokenRules tokenRules() {
    return new TokenRules(AcceptedAudience.of(audience), clockSkew);
  }

  /** The scopes that every request needs. */
  ScopePolicy scopePolicy() {
    return new ScopePolicy(requiredScopes, impliedScopes);
  }

  /** The scopes that the settings name, without those of rules, which may change. */
  private KnownScopes scopesOfSettings() {
    List<Set<String>> named = new ArrayList<>(requiredScopes);
    named.add(challengeScopes);
    named.add(scopesSupported);
    return KnownScopes.of(impliedScopes, named);
  }

  /** Whether the settings name a scope, so that clients can request it. */
  Predicate<String> knownScopes() {
    KnownScopes known = scopesOfSettings();
    return scope -> known.contains(scope) || mcp.rules().get().scopes().contains(scope);
  }

  /** What the calls of MCP messages need; to be used only if there are rules. */
  McpPolicy mcpPolicy() {
    return new McpPolicy(mcp, ScopeAlternatives.of(requiredScopes), scopesOfSettings(), clockSkew);
  }

  /** What the calls of requests need. */
  CallRules callRules() {
    return new CallRules(
        scopePolicy(),
        new McpHeaders(Set.copyOf(mcp.protocolVersions())),
        new McpBodyReader(mcp.maxBody()),
        mcp.hasRules() ? mcpPolicy() : null,
        mcp.filtersLists());
  }

  CacheSettings cache() {
    return new CacheSettings(
        cacheTtl,
        cacheInactiveTtl,
        cacheMaxEntries,
        cacheMaxBytes,
        staleWhileUnavailable,
        maxBadTokensPerMinute != 0);
  }

  /** An open stream counts as a use of its session well before the session would be idle. */
  StreamSettings streams() {
    return new StreamSettings(streamRecheck, sessionIdle.dividedBy(4));
  }

  /**
   * The connection pool has one connection for each introspection permit, two for each server and
   * one for each endpoint, so that probes, fetches of keys and the filter's own token requests
   * never wait for callers' requests.
   */
  HttpSettings http() {
    int connections =
        servers.stream()
            .mapToInt(each -> 2 + Math.max(1, each.introspectionEndpoints().size()))
            .reduce(maxConcurrentIntrospections, Integer::sum);
    return new HttpSettings(connectTimeout, requestTimeout, connections, tls, proxy);
  }

  /** The contents of the protected resource metadata. */
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

  /** Prints only the resource, because other settings are secret. */
  @Override
  public String toString() {
    return "Settings[resource=" + resource + "]";
  }
}
