package dev.gatehouse;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request passes, in order, and what is seen and told of it. */
record Steps(
    Settings settings,
    WellKnown wellKnown,
    @Nullable EvictionEndpoint evictions,
    OriginPolicy origins,
    PeerAddresses peers,
    Gate gate,
    RefusalWriter refusals,
    AuditLog audit,
    RequestCount requests,
    Attachments.Started toWatch,
    List<Introspector> servers,
    ProbeExecutor probes,
    ResultCache cache,
    BoundedHttpClient http) {

  static Steps of(Settings settings, String contextPath, InstantSource clock, Ticker ticker) {
    BoundedHttpClient http = new BoundedHttpClient(settings.http());
    InstantSource monotonicClock = new MonotonicClock(ticker);
    ProbeExecutor probes = new ProbeExecutor();
    List<Introspector> servers =
        settings.servers.stream()
            .map(server -> introspector(server, settings, http, probes, monotonicClock))
            .toList();
    ResultCache cache =
        new ResultCache(
            settings.servers.stream().map(ServerConnection::server).toList(),
            settings.cache(),
            clock,
            ticker);
    TokenVerifier verifier =
        new TokenVerifier(
            new ServerChoice(servers, settings.askInOrder),
            cache,
            new PeerLimit(settings.maxBadTokensPerMinute, ticker),
            settings.requestTimeout,
            settings.maxConcurrentIntrospections);
    RefusalWriter refusals = new RefusalWriter(
            ProtectedResourceMetadata.url(settings.resource), settings.challengeScopes);
    RequestCount requests = new RequestCount();
    return new Steps(
        settings,
        new WellKnown(
            new ProtectedResourceMetadata(settings.description(), contextPath),
            new ForwardedServerMetadata(forwardedMetadata(settings, http), http, refusals),
            refusals),
        evictionEndpoint(settings, cache, monotonicClock),
        new OriginPolicy(settings.allowedOrigins),
        new PeerAddresses(settings.forwardedForDepth),
        new Gate(verifier, settings.tokenRules(), settings.scopePolicy(), clock),
        refusals,
        new AuditLog(settings.auditAdmitted),
        requests,
        new Attachments.Started(
            Readings.of(requests, servers, cache, verifier), servers),
        servers,
        probes,
        cache,
        http);
  }

  private static @Nullable ServerMetadata forwardedMetadata(
      Settings settings, BoundedHttpClient http) {
    return settings.forwardsServerMetadata
        ? new ServerMetadata(settings.servers.get(0).server().issuer(), http)
        : null;
  }

  private static @Nullable EvictionEndpoint evictionEndpoint(
      Settings settings, ResultCache cache, InstantSource clock) {
    return settings.evictionPath == null || settings.evictionSecretHash == null
        ? null
        : new EvictionEndpoint(settings.evictionPath, settings.evictionSecretHash, cache, clock);
  }

  static Introspector introspector(
      ServerConnection server,
      Settings settings,
      BoundedHttpClient http,
      ProbeExecutor probes,
      InstantSource clock) {
    return new Introspector(
        server,
        settings.allowInsecureHttp,
        new CircuitBreakerSettings(settings.breakerWait, settings.requestTimeout),
        http,
        probes,
        clock);
  }

  /** Ends all that is under way; no thread is left afterwards. */
  void close() {
    probes.close(); // first, or probes would fail and open circuit breakers
    http.close();
    probes.awaitTermination();
  }
}
