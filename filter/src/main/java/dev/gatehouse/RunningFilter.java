package dev.gatehouse;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.gatehouse.internal.discovery.ServerMetadata;
import dev.gatehouse.internal.endpoint.EvictionEndpoint;
import dev.gatehouse.internal.endpoint.ForwardedServerMetadata;
import dev.gatehouse.internal.endpoint.ProtectedResourceMetadata;
import dev.gatehouse.internal.endpoint.WellKnownEndpoint;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.introspection.MonotonicClock;
import dev.gatehouse.internal.introspection.ProbeExecutor;
import dev.gatehouse.internal.observe.RequestCounters;
import dev.gatehouse.internal.refusal.AuditLog;
import dev.gatehouse.internal.refusal.RefusalWriter;
import dev.gatehouse.internal.servlet.ClientAddresses;
import dev.gatehouse.internal.servlet.OriginPolicy;
import dev.gatehouse.internal.session.InMemorySessionOwners;
import dev.gatehouse.internal.session.SessionBinding;
import dev.gatehouse.internal.stream.OpenStreams;
import dev.gatehouse.internal.verify.BadTokenLimit;
import dev.gatehouse.internal.verify.Bulkhead;
import dev.gatehouse.internal.verify.DenyList;
import dev.gatehouse.internal.verify.ResultCache;
import dev.gatehouse.internal.verify.ServerSelection;
import dev.gatehouse.internal.verify.TokenVerifier;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The components of a started filter, in the order in which a request passes them. */
record RunningFilter(
    Settings settings,
    FilterEndpoints endpoints,
    RequestAdmission admission,
    LifecycleListeners.Started forListeners,
    RunningServers servers,
    ProbeExecutor probes,
    ResultCache cache,
    OpenStreams streams,
    BoundedHttpClient http) {

  static RunningFilter of(
      Settings settings, String contextPath, InstantSource clock, Ticker ticker) {
    BoundedHttpClient http = new BoundedHttpClient(settings.http());
    try {
      return of(settings, contextPath, clock, ticker, http);
    } catch (RuntimeException | Error e) {
      http.close();
      throw e;
    }
  }

  private static RunningFilter of(
      Settings settings,
      String contextPath,
      InstantSource clock,
      Ticker ticker,
      BoundedHttpClient http) {
    InstantSource monotonicClock = new MonotonicClock(ticker);
    ProbeExecutor probes = new ProbeExecutor();
    RunningServers servers = RunningServers.of(settings, http, probes, clock, monotonicClock);
    ResultCache cache =
        new ResultCache(
            servers.trusted(),
            new DenyList(servers.local(), clock),
            settings.cache(),
            clock,
            ticker);
    TokenVerifier verifier =
        new TokenVerifier(
            new ServerSelection(servers.all(), settings.tryServersInOrder),
            cache,
            new BadTokenLimit(settings.maxBadTokensPerMinute, ticker),
            settings.requestTimeout,
            new Bulkhead(settings.maxConcurrentIntrospections, monotonicClock, probes));
    RefusalWriter refusals =
        new RefusalWriter(
            ProtectedResourceMetadata.url(settings.resource),
            settings.challengeScopes,
            settings.mcp.protocolVersions());
    RequestCounters requests = new RequestCounters();
    Authorizer authorizer =
        new Authorizer(
            verifier,
            settings.tokenRules(),
            settings.scopePolicy(),
            new StepUp(refusals, settings.scopePolicy(), settings.knownScopes()),
            settings.maxTokenLength,
            clock);
    OpenStreams streams =
        new OpenStreams(authorizer::recheck, settings.streams(), clock, monotonicClock);
    cache.addListener(streams::evict);
    return new RunningFilter(
        settings,
        new FilterEndpoints(
            new WellKnownEndpoint(
                new ProtectedResourceMetadata(settings.description(), contextPath),
                new ForwardedServerMetadata(
                    forwardedMetadata(settings, http, monotonicClock),
                    http,
                    refusals,
                    monotonicClock)),
            evictionEndpoint(settings, cache, monotonicClock)),
        new RequestAdmission(
            new OriginPolicy(settings.allowedOrigins),
            new ClientAddresses(settings.forwardedForDepth),
            authorizer,
            settings.callRules(),
            new SessionBinding(
                settings.bindsSessions
                    ? new InMemorySessionOwners(settings.sessionIdle, ticker)
                    : null),
            streams,
            new RequestOutcomes(requests, new AuditLog(settings.auditAdmitted), refusals)),
        new LifecycleListeners.Started(
            FilterMetrics.of(requests, servers, cache, verifier, streams), servers),
        servers,
        probes,
        cache,
        streams,
        http);
  }

  private static @Nullable ServerMetadata forwardedMetadata(
      Settings settings, BoundedHttpClient http, InstantSource clock) {
    return settings.forwardsServerMetadata
        ? new ServerMetadata(settings.servers.get(0).server().issuer(), http, clock)
        : null;
  }

  private static @Nullable EvictionEndpoint evictionEndpoint(
      Settings settings, ResultCache cache, InstantSource clock) {
    return settings.evictionPath == null || settings.evictionSecretHash == null
        ? null
        : new EvictionEndpoint(settings.evictionPath, settings.evictionSecretHash, cache, clock);
  }

  /** Closes all connections and ends all threads. */
  void close() {
    streams.close();
    servers.close();
    probes.close(); // first: otherwise probes would fail and open circuit breakers
    http.close();
    probes.awaitTermination();
    servers.awaitTermination();
    streams.awaitTermination();
  }
}
