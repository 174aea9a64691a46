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
    IntrospectionCache cache,
    BoundedHttpClient http) {

  static Steps of(Settings settings, String contextPath, InstantSource clock, Ticker ticker) {
    BoundedHttpClient http = new BoundedHttpClient(settings);
    InstantSource monotonicClock = new MonotonicClock(ticker);
    ProbeExecutor probes = new ProbeExecutor();
    List<Introspector> servers =
        settings.servers.stream()
            .map(server -> introspector(server, settings, http, probes, monotonicClock))
            .toList();
    IntrospectionCache cache = new IntrospectionCache(settings, clock, ticker);
    TokenVerifier verifier =
        new TokenVerifier(
            new ServerChoice(servers, settings.askInOrder),
            cache,
            new PeerLimit(settings.maxBadTokensPerMinute, ticker),
            settings);
    RefusalWriter refusals = new RefusalWriter(settings);
    RequestCount requests = new RequestCount();
    return new Steps(
        settings,
        new WellKnown(
            new ProtectedResourceMetadata(settings, contextPath),
            new ForwardedServerMetadata(settings, http, refusals),
            refusals),
        EvictionEndpoint.of(settings, cache, monotonicClock),
        new OriginPolicy(settings),
        new PeerAddresses(settings.forwardedForDepth),
        new Gate(settings, verifier, clock),
        refusals,
        new AuditLog(settings.auditAccepted),
        requests,
        new Attachments.Started(
            Readings.of(requests, servers, cache, verifier.bulkhead()), servers),
        servers,
        probes,
        cache,
        http);
  }

  static Introspector introspector(
      TrustedServer server,
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
