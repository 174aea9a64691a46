package dev.gatehouse;

import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.introspection.CircuitBreakerSettings;
import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.introspection.ProbeExecutor;
import dev.gatehouse.internal.introspection.ServerConnection;
import dev.gatehouse.internal.jwt.JwtVerifier;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.verify.CustomServer;
import dev.gatehouse.internal.verify.IntrospectedServer;
import dev.gatehouse.internal.verify.JwtAndIntrospection;
import dev.gatehouse.internal.verify.JwtOrIntrospection;
import dev.gatehouse.internal.verify.JwtServer;
import dev.gatehouse.internal.verify.ServerVerifier;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What verifies the tokens of a started filter.
 *
 * @param authorizationServers in the order of the settings
 * @param custom the custom verifiers
 */
record RunningServers(List<AuthorizationServer> authorizationServers, List<CustomServer> custom) {

  /**
   * An authorization server.
   *
   * @param verifier verifies its tokens, with the other parts
   * @param introspector also if it introspects only the token of the self-test
   * @param introspects whether tokens of callers are introspected
   * @param jwts null if it verifies no JWTs
   */
  record AuthorizationServer(
      ServerVerifier verifier,
      Introspector introspector,
      boolean introspects,
      @Nullable JwtServer jwts) {

    String name() {
      return verifier.server().name();
    }
  }

  /**
   * Creates the parts; nothing is sent.
   *
   * @param clock the time of day
   * @param monotonicClock never set back
   */
  static RunningServers of(
      Settings settings,
      BoundedHttpClient http,
      ProbeExecutor probes,
      InstantSource clock,
      InstantSource monotonicClock) {
    return new RunningServers(
        settings.servers.stream()
            .map(each -> server(each, settings, http, probes, clock, monotonicClock))
            .toList(),
        settings.verifiers.stream()
            .map(
                each ->
                    each.start(
                        settings.requestTimeout,
                        settings.maxConcurrentIntrospections,
                        monotonicClock))
            .toList());
  }

  private static AuthorizationServer server(
      ServerConnection connection,
      Settings settings,
      BoundedHttpClient http,
      ProbeExecutor probes,
      InstantSource clock,
      InstantSource monotonicClock) {
    Introspector introspector =
        introspector(connection, settings, http, probes, clock, monotonicClock);
    IntrospectedServer introspected = new IntrospectedServer(introspector);
    if (!connection.validation().verifiesJwts()) {
      return new AuthorizationServer(introspected, introspector, true, null);
    }
    TrustedServer server = connection.server();
    JwtServer jwts =
        new JwtServer(
            server,
            new JwtVerifier(
                server, connection.jwt(), introspector.keys(), settings.clockSkew, clock),
            http::deadline,
            probes::start,
            monotonicClock);
    ServerVerifier verifier =
        switch (connection.validation()) {
          case INTROSPECTION -> introspected;
          case JWT -> jwts;
          case JWT_OR_INTROSPECTION -> new JwtOrIntrospection(jwts, introspected);
          case JWT_AND_INTROSPECTION -> new JwtAndIntrospection(jwts, introspected);
        };
    return new AuthorizationServer(
        verifier, introspector, connection.validation().introspects(), jwts);
  }

  static Introspector introspector(
      ServerConnection server,
      Settings settings,
      BoundedHttpClient http,
      ProbeExecutor probes,
      InstantSource clock,
      InstantSource monotonicClock) {
    return new Introspector(
        server,
        settings.allowInsecureHttp,
        new CircuitBreakerSettings(settings.breakerWait, settings.requestTimeout),
        http,
        probes,
        monotonicClock,
        settings.clockSkew,
        clock);
  }

  /** In the order of the settings, custom verifiers last. */
  List<ServerVerifier> all() {
    return Stream.concat(
            authorizationServers.stream().map(AuthorizationServer::verifier), custom.stream())
        .toList();
  }

  /** Of those servers that introspect the tokens of callers. */
  List<Introspector> introspectors() {
    return authorizationServers.stream()
        .filter(AuthorizationServer::introspects)
        .map(AuthorizationServer::introspector)
        .toList();
  }

  /** Those that verify JWTs. */
  List<JwtServer> jwts() {
    return authorizationServers.stream()
        .map(AuthorizationServer::jwts)
        .flatMap(Stream::ofNullable)
        .toList();
  }

  /** Those whose tokens may be verified without asking anyone. */
  List<TrustedServer> local() {
    return trusted(ServerVerifier::isLocal);
  }

  List<TrustedServer> trusted() {
    return trusted(each -> true);
  }

  private List<TrustedServer> trusted(Predicate<ServerVerifier> condition) {
    return all().stream().filter(condition).map(ServerVerifier::server).toList();
  }

  /** Ends the threads of custom verifiers; {@link #awaitTermination} follows. */
  void close() {
    custom.forEach(CustomServer::close);
  }

  void awaitTermination() {
    custom.forEach(CustomServer::awaitTermination);
  }
}
