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
    HealthProbes health,
    IntrospectionCache cache,
    BoundedHttpClient http) {

  static Steps of(Settings settings, String contextPath, InstantSource clock, Ticker ticker) {
    BoundedHttpClient http = new BoundedHttpClient(settings);
    InstantSource monotonicClock = new MonotonicClock(ticker);
    List<Introspector> servers =
        settings.servers.stream()
            .map(server -> new Introspector(server, settings, http, monotonicClock))
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
        new HealthProbes(servers),
        cache,
        http);
  }
}
