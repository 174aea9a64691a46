package dev.gatehouse.internal.jwt;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;

import dev.gatehouse.internal.discovery.DiscoverableEndpoint;
import dev.gatehouse.internal.discovery.ServerMetadata;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.http.HttpSettings;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.JwtSigner;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.TestJwt;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A verifier of JWTs, and the authorization server whose keys it fetches over a real socket. */
final class JwtFixture implements AutoCloseable {

  static final String MCP = "https://mcp.example/mcp";
  static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

  static final JwtSettings SETTINGS =
      new JwtSettings(
          null,
          EnumSet.allOf(SignatureAlgorithm.class),
          Set.of("at+jwt", "jwt", JwtSettings.ABSENT),
          List.of());

  final FakeAuthorizationServer as = new FakeAuthorizationServer();
  final ManualClock clock = new ManualClock(ManualClock.NOW);
  final ManualClock monotonic = new ManualClock(ManualClock.NOW);
  final BoundedHttpClient http;
  final ExecutorService threads = Executors.newCachedThreadPool();
  final ServerKeys keys;
  final JwtVerifier verifier;

  JwtFixture(JwtSigner... signers) throws IOException {
    this(SETTINGS, Duration.ofSeconds(5), signers);
  }

  JwtFixture(JwtSettings settings, Duration requestTimeout, JwtSigner... signers)
      throws IOException {
    publish(signers);
    http =
        new BoundedHttpClient(
            new HttpSettings(Duration.ofSeconds(5), requestTimeout, 10, null, null));
    keys =
        new ServerKeys(
            "the authorization server",
            DiscoverableEndpoint.jwks(
                URI.create(jwksUri()), new ServerMetadata(as.issuer(), http, monotonic), false),
            settings.algorithms(),
            http,
            task -> {
              threads.execute(task);
              return true;
            },
            monotonic);
    verifier = new JwtVerifier(server(as.issuer()), settings, keys, CLOCK_SKEW, clock);
  }

  String jwksUri() {
    return as.issuer() + "/jwks";
  }

  static TrustedServer server(String issuer) {
    return new TrustedServer(
        "the authorization server",
        issuer,
        null,
        new AudienceAlternative.Refused(),
        false,
        TrustLimits.NONE);
  }

  void publish(JwtSigner... signers) {
    as.at("/jwks", json(200, JwtSigner.jwks(signers)));
  }

  /** How often the keys were fetched. */
  int fetches() {
    return (int) as.requests().stream().filter(r -> r.path().equals("/jwks")).count();
  }

  TestJwt accessToken(JwtSigner signer) {
    return TestJwt.accessToken(signer, as.issuer(), MCP, clock.instant());
  }

  VerificationResult verify(String token) {
    return verify(token, Duration.ofSeconds(30));
  }

  VerificationResult verify(String token, Duration limit) {
    return verifier.verify(new BearerToken(token), Deadline.in(limit));
  }

  /** The result in a word: active, or the reason. */
  static String word(VerificationResult result) {
    if (result instanceof VerificationResult.Inactive inactive) {
      return inactive.reason().code();
    }
    return result instanceof VerificationResult.Unavailable unavailable
        ? unavailable.reason().code()
        : "active";
  }

  @Override
  public void close() {
    http.close();
    as.close();
    threads.shutdownNow();
  }
}
