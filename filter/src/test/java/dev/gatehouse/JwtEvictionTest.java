package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.JwtSigner;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestJwt;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An evicted JWT stays refused although it would verify again. */
class JwtEvictionTest {

  private static final JwtSigner SIGNER = JwtSigner.of("ES256", "first");
  private static final String EVICTION_SECRET = "unspeakable-eviction-secret-0123456789";

  private static final Map<String, BiConsumer<TokenCache, TestJwt>> EVICTIONS =
      Map.of(
          "token", (cache, jwt) -> cache.evictToken(jwt.signed()),
          "user", (cache, jwt) -> cache.evictUser("alice"),
          "client", (cache, jwt) -> cache.evictClient("app"),
          "id", (cache, jwt) -> cache.evictTokenId("id-1"),
          "all", (cache, jwt) -> cache.evictAll());

  @RegisterExtension final LogWatch log = new LogWatch();

  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guard("jwt-or-introspection");
  }

  @AfterEach
  void stop() throws IOException {
    guarded.close();
  }

  private void guard(String mode, String... more) throws Exception {
    if (guarded != null) {
      guarded.close();
    }
    Map<String, String> settings = new HashMap<>();
    settings.put("token-validation", mode);
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    guarded = new GuardedServer(settings);
    guarded.as.keys(SIGNER);
  }

  private TestJwt jwt() {
    return TestJwt.accessToken(
            SIGNER, guarded.as.issuer(), guarded.server.mcp(), guarded.clock.instant())
        .claim("exp", guarded.clock.instant().getEpochSecond() + 3600)
        .claim("jti", "id-1");
  }

  /** ES256 signs the same claims differently each time; this one is evicted as it is. */
  private static void evict(String what, TokenCache cache, String token, TestJwt jwt) {
    if (what.equals("token")) {
      cache.evictToken(token);
    } else {
      Objects.requireNonNull(EVICTIONS.get(what)).accept(cache, jwt);
    }
  }

  @ParameterizedTest(name = "{0}, cached: {1}")
  @CsvSource({
    "token, true",
    "token, false",
    "user, true",
    "user, false",
    "client, true",
    "client, false",
    "id, true",
    "id, false",
    "all, true",
    "all, false"
  })
  void anEvictedJwtIsRefusedUntilItExpires(String what, boolean cached) throws Exception {
    TestJwt jwt = jwt();
    String token = jwt.signed();
    if (cached) {
      assertThat(guarded.status(token)).isEqualTo(200);
    }
    evict(what, guarded.filter.cache(), token, jwt);

    for (int minute = 0; minute < 60; minute += 10) {
      assertThat(guarded.status(token)).isEqualTo(401);
      guarded.clock.advance(Duration.ofMinutes(10)); // beyond what is cached
    }
    assertThat(log.reasons()).containsOnly("evicted");
    assertThat(guarded.status(token)).isEqualTo(401);
    assertThat(log.reasons().get(6)).isEqualTo("expired");
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "user", "client", "id", "all"})
  void aTokenThatIsIssuedLaterIsAdmitted(String what) throws Exception {
    TestJwt jwt = jwt();
    String token = jwt.signed();
    evict(what, guarded.filter.cache(), token, jwt);
    guarded.clock.advance(Duration.ofSeconds(1));

    assertThat(guarded.status(jwt().claim("jti", "id-2").signed())).isEqualTo(200);
  }

  @Test
  void aTokenWithoutIatIsRefusedAfterAnEvictionOfItsUser() throws Exception {
    guarded.filter.cache().evictUser("alice");
    guarded.clock.advance(Duration.ofSeconds(1));

    assertThat(guarded.status(jwt().withoutClaim("iat").signed())).isEqualTo(401);
  }

  /** The authorization server's clock is ahead. */
  @Test
  void aCachedTokenIsRefusedAlsoIfItSeemsToBeIssuedAfterTheEviction() throws Exception {
    String token = jwt().claim("iat", guarded.clock.instant().getEpochSecond() + 20).signed();
    assertThat(guarded.status(token)).isEqualTo(200);
    guarded.filter.cache().evictUser("alice");

    assertThat(guarded.status(token)).isEqualTo(401);
    guarded.clock.advance(Duration.ofMinutes(1));
    assertThat(guarded.status(token)).isEqualTo(401);
  }

  @Test
  void withTheCacheOffEvictionsCountToo() throws Exception {
    guard("jwt-or-introspection", "cache-ttl", "0s");
    String token = jwt().signed();
    assertThat(guarded.status(token)).isEqualTo(200);
    guarded.filter.cache().evictToken(token);

    assertThat(guarded.status(token)).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "user", "client", "id", "all"})
  void withIntrospectionTheServerDecides(String what) throws Exception {
    guard("jwt-and-introspection");
    guarded.respondActive("\"sub\":\"alice\",\"client_id\":\"app\"");
    TestJwt jwt = jwt();
    String token = jwt.signed();
    assertThat(guarded.status(token)).isEqualTo(200);
    evict(what, guarded.filter.cache(), token, jwt);

    assertThat(guarded.status(token)).isEqualTo(200);
    assertThat(guarded.as.introspectionRequests()).hasSize(2);
  }

  @Test
  void anOpaqueTokenIsIntrospectedAgainAsBefore() throws Exception {
    guarded.respondActive("\"sub\":\"alice\"");
    String opaque = Secrets.token();
    assertThat(guarded.status(opaque)).isEqualTo(200);
    guarded.filter.cache().evictToken(opaque);
    guarded.filter.cache().evictUser("alice");

    assertThat(guarded.status(opaque)).isEqualTo(200);
  }

  /** Documented: only introspection knows about revocations of before. */
  @Test
  void aRestartForgetsEvictions() throws Exception {
    String token = jwt().signed();
    guarded.filter.cache().evictToken(token);
    assertThat(guarded.status(token)).isEqualTo(401);

    try (ProtectedServer restarted =
        ProtectedServer.guarding(
            new CallerServlet(), guarded.clock, origin -> settings().build())) {
      assertThat(restarted.status(token)).isEqualTo(200);
    }
  }

  /** For another filter in front of the same resource. */
  private SettingsBuilder settings() {
    return TestSettings.builder()
        .resource(guarded.server.mcp())
        .issuer(guarded.as.issuer())
        .tokenValidation("jwt");
  }

  @ParameterizedTest(name = "{0}: {1}, then {2}")
  @CsvSource({
    "jti=id-1, 204, 401",
    "jti=id-1&iss=ISSUER, 204, 401",
    "jti=id-2, 204, 200",
    "jti=id-1&iss=https://elsewhere.example, 400, 200",
    "jti=, 400, 200",
    "sub=alice&iss=ISSUER, 204, 401",
    "all=true, 204, 401",
  })
  void theEndpointEvictsJwts(String form, int status, int later) throws Exception {
    if (status == 400) {
      log.announce("eviction refused");
    }
    String issuer = guarded.as.issuer();
    String token =
        TestJwt.accessToken(SIGNER, issuer, guarded.server.mcp(), Instant.now())
            .claim("jti", "id-1")
            .claim("exp", Instant.now().plusSeconds(3600).getEpochSecond())
            .signed();
    try (ProtectedServer server =
        ProtectedServer.guarding(
            new CallerServlet(),
            origin -> settings().evictionPath("/evict").evictionSecret(EVICTION_SECRET).build())) {
      assertThat(server.status(token)).isEqualTo(200);

      HttpResponse<Void> response =
          ProtectedServer.CLIENT.send(
              HttpRequest.newBuilder(URI.create(server.origin() + "/evict"))
                  .header("Authorization", "Bearer " + EVICTION_SECRET)
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString(form.replace("ISSUER", issuer)))
                  .build(),
              HttpResponse.BodyHandlers.discarding());

      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(server.status(token)).isEqualTo(later);
    }
  }

  /** The keys arrive after the eviction: what began before must not be cached. */
  @ParameterizedTest
  @ValueSource(strings = {"token", "user", "client", "id", "all"})
  void aVerificationUnderWayBringsNothingBack(String what) throws Exception {
    HeldResponse keys = new HeldResponse(json(200, JwtSigner.jwks(SIGNER)));
    guarded.as.at("/jwks", keys);
    TestJwt jwt = jwt();
    String token = jwt.signed();
    CompletableFuture<Integer> early = guarded.statusInBackground(token);
    keys.awaitRequests(1);
    evict(what, guarded.filter.cache(), token, jwt);
    keys.release();

    assertThat(early.get()).isIn(200, 401); // requested before the eviction
    assertThat(guarded.status(token)).isEqualTo(401);
  }

  /** Whenever the eviction comes, a request after it is refused. */
  @Test
  void noRaceBringsAnEvictedTokenBack() throws Exception {
    assertThat(guarded.status(jwt().signed())).isEqualTo(200);
    List<String> kinds = List.of("token", "user", "client", "id");
    for (int round = 0; round < 100; round++) {
      String kind = kinds.get(round % kinds.size());
      guarded.clock.advance(Duration.ofSeconds(1));
      TestJwt jwt = jwt().claim("jti", "id-1");
      String token = jwt.signed();
      CyclicBarrier start = new CyclicBarrier(2);
      CompletableFuture<Integer> racing =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  start.await();
                  return guarded.status(token);
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      start.await();
      evict(kind, guarded.filter.cache(), token, jwt);

      assertThat(guarded.status(token)).as(kind).isEqualTo(401);
      assertThat(racing.get()).isIn(200, 401);
      assertThat(guarded.status(token)).as(kind).isEqualTo(401);
    }
  }
}
