package dev.gatehouse;

import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.introspection.CircuitBreakerSettings;
import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.introspection.ProbeExecutor;
import dev.gatehouse.internal.introspection.ServerConnection;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.verify.CustomServer;
import dev.gatehouse.internal.verify.IntrospectedServer;
import dev.gatehouse.internal.verify.ServerVerifier;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What verifies the tokens of a started filter.
 *
 * @param all in the order of the settings, custom verifiers last
 * @param introspectors of those servers that introspect
 * @param custom the custom verifiers
 */
record RunningServers(
    List<ServerVerifier> all, List<Introspector> introspectors, List<CustomServer> custom) {

  static RunningServers of(
      Settings settings, BoundedHttpClient http, ProbeExecutor probes, InstantSource clock) {
    List<ServerVerifier> all = new ArrayList<>();
    List<Introspector> introspectors = new ArrayList<>();
    for (ServerConnection connection : settings.servers) {
      Introspector introspector = introspector(connection, settings, http, probes, clock);
      introspectors.add(introspector);
      all.add(new IntrospectedServer(introspector));
    }
    List<CustomServer> custom =
        settings.verifiers.stream()
            .map(
                each ->
                    each.start(
                        settings.requestTimeout, settings.maxConcurrentIntrospections, clock))
            .toList();
    all.addAll(custom);
    return new RunningServers(List.copyOf(all), List.copyOf(introspectors), custom);
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

  /** Those whose tokens are verified without asking anyone, if there are any. */
  List<TrustedServer> local() {
    return trusted(ServerVerifier::isLocal);
  }

  List<TrustedServer> trusted() {
    return trusted(each -> true);
  }

  private List<TrustedServer> trusted(Predicate<ServerVerifier> condition) {
    return all.stream().filter(condition).map(ServerVerifier::server).toList();
  }

  /** Ends the threads of custom verifiers; {@link #awaitTermination} follows. */
  void close() {
    custom.forEach(CustomServer::close);
  }

  void awaitTermination() {
    custom.forEach(CustomServer::awaitTermination);
  }
}
