package dev.gatehouse.internal.jwt;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.BadResponses;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.JwtSigner;
import dev.gatehouse.testing.LogWatch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When keys are fetched, and what follows if they can't be. */
class ServerKeysTest {

  private static final JwtSigner OLD = JwtSigner.of("ES256", "old");
  private static final JwtSigner NEW = JwtSigner.of("ES256", "new");
  private static final JwtSigner UNKNOWN = JwtSigner.of("ES256", "unknown");
  private static final JwtSigner FORGER = JwtSigner.of("ES256", "forger");

  @RegisterExtension final LogWatch log = new LogWatch();

  private JwtFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new JwtFixture(OLD);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private String verify(JwtSigner signer) {
    return JwtFixture.word(fixture.verify(fixture.accessToken(signer).signed()));
  }

  private String verifyNow(JwtSigner signer) {
    return fixture
        .verifier
        .verifyNow(new BearerToken(fixture.accessToken(signer).signed()))
        .map(JwtFixture::word)
        .orElse("must fetch");
  }

  private void keysAreDown() {
    fixture.as.at("/jwks", json(500, "{}"));
  }

  /** Verifies until the result of a fetch in the background is used. */
  private void awaitResult(JwtSigner signer, String result) {
    Await.until(result, () -> verifyNow(signer).equals(result));
  }

  @Test
  void keysAreFetchedOnceAndWhenFirstNeeded() {
    assertThat(fixture.verifier.hasKeys()).isFalse();
    assertThat(verifyNow(OLD)).isEqualTo("must fetch");
    assertThat(fixture.fetches()).isZero();

    assertThat(verify(OLD)).isEqualTo("active");
    assertThat(verify(OLD)).isEqualTo("active");
    assertThat(verifyNow(OLD)).isEqualTo("active");

    assertThat(fixture.verifier.hasKeys()).isTrue();
    assertThat(fixture.fetches()).isEqualTo(1);
  }

  @Test
  void manyCallersShareOneFetch() throws Exception {
    HeldResponse held = new HeldResponse(json(200, JwtSigner.jwks(OLD)));
    fixture.as.at("/jwks", held);
    List<Future<String>> results = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      results.add(fixture.threads.submit(() -> verify(OLD)));
    }
    held.awaitRequests(1);
    held.release();

    for (Future<String> result : results) {
      assertThat(result.get()).isEqualTo("active");
    }
    assertThat(fixture.fetches()).isEqualTo(1);
  }

  @Test
  void aTokenThatIsRefusedAnywayCausesNoFetch() {
    String issuedByAnother = fixture.accessToken(OLD).claim("iss", "https://b.example").signed();
    String expired = fixture.accessToken(OLD).claim("exp", 1).signed();

    assertThat(JwtFixture.word(fixture.verify(issuedByAnother))).isEqualTo("issuer");
    assertThat(JwtFixture.word(fixture.verify(expired))).isEqualTo("expired");
    assertThat(fixture.fetches()).isZero();
  }

  @Test
  void afterFiveMinutesKeysAreFetchedInTheBackground() throws Exception {
    verify(OLD);
    HeldResponse held = new HeldResponse(json(200, JwtSigner.jwks(NEW)));
    fixture.as.at("/jwks", held);
    fixture.monotonic.advance(KnownKeys.FRESH.minusMillis(1));
    assertThat(verifyNow(OLD)).isEqualTo("active");
    assertThat(fixture.fetches()).isEqualTo(1);

    fixture.monotonic.advance(Duration.ofMillis(1));
    assertThat(verifyNow(OLD)).isEqualTo("active");
    held.awaitRequests(1);
    assertThat(verifyNow(OLD)).as("during the fetch").isEqualTo("active");
    held.release();

    Await.until("the old key is dropped", () -> !verifyNow(OLD).equals("active"));
    assertThat(verifyNow(NEW)).isEqualTo("active");
    assertThat(fixture.fetches()).isEqualTo(2);
  }

  @Test
  void afterALongPauseCallersWaitForAFetch() {
    verify(OLD);
    fixture.publish(NEW);
    fixture.monotonic.advance(KnownKeys.IDLE);

    assertThat(fixture.verifier.hasKeys()).isFalse();
    assertThat(verifyNow(OLD)).isEqualTo("must fetch");
    assertThat(verify(NEW)).isEqualTo("active");
    assertThat(verify(OLD)).isEqualTo("signature");
  }

  @Test
  void aNewKeyIsFoundAtOnce() {
    verify(OLD);
    fixture.publish(OLD, NEW);

    assertThat(verifyNow(NEW)).isEqualTo("must fetch");
    assertThat(verify(NEW)).isEqualTo("active");
    assertThat(verify(OLD)).isEqualTo("active");
    assertThat(fixture.fetches()).isEqualTo(2);
  }

  @Test
  void aNewKeyOfTokensWithoutKidIsFoundAtOnce() {
    verify(OLD);
    fixture.publish(NEW);

    assertThat(
            JwtFixture.word(fixture.verify(fixture.accessToken(NEW).withoutHeader("kid").signed())))
        .isEqualTo("active");
  }

  @Test
  void unknownKeysCauseOneFetchInThirtySeconds() {
    verify(OLD);
    for (int i = 0; i < 10; i++) {
      assertThat(verify(JwtSigner.of("ES256", "made-up"))).isEqualTo("signature");
      assertThat(verifyNow(UNKNOWN)).isEqualTo("signature");
    }
    assertThat(fixture.fetches()).isEqualTo(2);

    fixture.monotonic.advance(ServerKeys.PAUSE);
    assertThat(verify(UNKNOWN)).isEqualTo("signature");
    assertThat(verify(UNKNOWN)).isEqualTo("signature");
    assertThat(fixture.fetches()).isEqualTo(3);
  }

  @Test
  void anUnknownKeyDelaysNoKnownOne() throws Exception {
    verify(OLD);
    HeldResponse held = new HeldResponse(json(200, JwtSigner.jwks(OLD)));
    fixture.as.at("/jwks", held);
    Future<String> unknown = fixture.threads.submit(() -> verify(UNKNOWN));
    held.awaitRequests(1);

    assertThat(verifyNow(OLD)).isEqualTo("active");
    assertThat(verify(OLD)).isEqualTo("active");

    held.release();
    assertThat(unknown.get()).isEqualTo("signature");
  }

  @Test
  void anUnknownKeyWaitsUntilTheDeadline() throws Exception {
    verify(OLD);
    HeldResponse held = new HeldResponse(json(200, JwtSigner.jwks(OLD)));
    fixture.as.at("/jwks", held);

    String token = fixture.accessToken(UNKNOWN).signed();
    assertThat(JwtFixture.word(fixture.verify(token, Duration.ofMillis(1))))
        .isEqualTo("as_timeout");

    held.release();
    awaitResult(UNKNOWN, "signature");
  }

  @Test
  void aDeadlineThatIsCutShortEndsTheWait() throws Exception {
    HeldResponse held = new HeldResponse(json(200, JwtSigner.jwks(OLD)));
    fixture.as.at("/jwks", held);
    Deadline deadline = Deadline.in(Duration.ofMinutes(1));
    BearerToken token = new BearerToken(fixture.accessToken(OLD).signed());
    Future<VerificationResult> result =
        fixture.threads.submit(() -> fixture.verifier.verify(token, deadline));
    held.awaitRequests(1);

    deadline.cutShort();

    assertThat(JwtFixture.word(result.get())).isEqualTo("as_timeout");
    held.release();
    awaitResult(OLD, "active");
  }

  /** A fetch that began before the server published the key says nothing about it. */
  @Test
  void aFetchUnderWayIsNotTheLastWord() throws Exception {
    verify(OLD);
    HeldResponse held = new HeldResponse(json(200, JwtSigner.jwks(OLD)));
    fixture.as.at("/jwks", held);
    fixture.monotonic.advance(KnownKeys.FRESH);
    verifyNow(OLD);
    held.awaitRequests(1);
    Future<String> rotated = fixture.threads.submit(() -> verify(NEW));

    fixture.publish(OLD, NEW);
    held.release();

    assertThat(rotated.get()).isEqualTo("active");
  }

  /** The server publishes each key before it signs with it; forged tokens arrive, too. */
  @Test
  void noValidTokenIsRefusedWhileKeysRotateUnderLoad() throws Exception {
    AtomicReference<JwtSigner> current = new AtomicReference<>(OLD);
    AtomicBoolean ended = new AtomicBoolean();
    List<Future<Integer>> callers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      callers.add(
          fixture.threads.submit(
              () -> {
                int verified = 0;
                while (!ended.get()) {
                  assertThat(verify(current.get())).isEqualTo("active");
                  verify(FORGER);
                  verified++;
                }
                return verified;
              }));
    }
    List<JwtSigner> published = new ArrayList<>(List.of(OLD));
    try {
      for (int i = 0; i < 10; i++) {
        JwtSigner next = JwtSigner.of("ES256", "rotated-" + i);
        published.add(next);
        fixture.publish(published.toArray(JwtSigner[]::new));
        int fetches = fixture.fetches();
        // Forged tokens have used up the search for this half minute, and the next one begins.
        fixture.monotonic.advance(ServerKeys.PAUSE);
        Await.until("the key is known", () -> fixture.fetches() > fetches);
        current.set(next);
      }
    } finally {
      ended.set(true);
    }

    for (Future<Integer> caller : callers) {
      assertThat(caller.get()).isPositive();
    }
    assertThat(fixture.fetches()).isLessThan(2 * 12);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "500, as_keys",
    "404, as_keys",
    "log-in page, as_keys",
    "empty, as_keys",
    "cuts off, as_unreachable",
  })
  void aTokenIsNotRefusedWhileThereAreNoKeys(String behaviour, String result) {
    fixture.as.at("/jwks", BadResponses.named(behaviour));

    assertThat(verify(OLD)).isEqualTo(result);
    int fetches = fixture.fetches();
    assertThat(verify(OLD)).isEqualTo(result);
    assertThat(fixture.fetches()).as("no fetch soon after a failure").isEqualTo(fetches);

    fixture.publish(OLD);
    fixture.monotonic.advance(ServerKeys.SHORT_PAUSE);
    assertThat(verify(OLD)).isEqualTo("active");
  }

  @Test
  void aSetWithoutUsableKeysReplacesNothing() {
    log.announce("fetch failed, using the old ones");
    verify(OLD);
    fixture.as.at("/jwks", json(200, "{\"keys\":[]}"));
    fixture.monotonic.advance(KnownKeys.FRESH);

    verifyNow(OLD);

    Await.until("the fetch has failed", () -> fixture.keys.state().failure() != null);
    assertThat(verifyNow(OLD)).isEqualTo("active");
  }

  @Test
  void duringAnOutageTheOldKeysAreUsedForADay() {
    log.announce("fetch failed, using the old ones");
    verify(OLD);
    keysAreDown();
    fixture.monotonic.advance(KnownKeys.FRESH);
    verifyNow(OLD);
    Await.until("the fetch has failed", () -> fixture.keys.state().failure() != null);

    assertThat(verifyNow(OLD)).isEqualTo("active");

    for (int hours = 1; hours < KnownKeys.OUTAGE.toHours(); hours++) {
      fixture.monotonic.advance(Duration.ofHours(1));
      assertThat(verify(OLD)).as("in hour " + hours).isEqualTo("active");
    }
    fixture.monotonic.advance(Duration.ofHours(1));
    assertThat(verify(OLD)).isEqualTo("as_keys");
    fixture.publish(OLD);
    fixture.monotonic.advance(ServerKeys.SHORT_PAUSE);
    assertThat(verify(OLD)).isEqualTo("active");
  }

  /** At most every thirty seconds, and in the background. */
  @Test
  void duringAnOutageTheFetchIsRepeated() {
    log.announce("fetch failed, using the old ones");
    verify(OLD);
    keysAreDown();
    fixture.monotonic.advance(KnownKeys.FRESH);
    verifyNow(OLD);
    Await.until("the fetch has failed", () -> fixture.keys.state().failure() != null);
    int fetches = fixture.fetches();
    fixture.publish(NEW);

    fixture.monotonic.advance(ServerKeys.PAUSE.minusMillis(1));
    assertThat(verifyNow(OLD)).isEqualTo("active");
    assertThat(fixture.fetches()).isEqualTo(fetches);
    fixture.monotonic.advance(Duration.ofMillis(1));
    assertThat(verifyNow(OLD)).isEqualTo("active");
    awaitResult(NEW, "active");
  }

  @Test
  void anUnknownKeyDuringAnOutageIsNotRefused() {
    log.announce("fetch failed, using the old ones");
    verify(OLD);
    keysAreDown();

    assertThat(verify(NEW)).isEqualTo("as_keys");
    assertThat(verify(NEW)).as("without another fetch").isEqualTo("as_keys");
    assertThat(verifyNow(NEW)).isEqualTo("as_keys");
    assertThat(verifyNow(OLD)).isEqualTo("active");

    fixture.publish(NEW);
    fixture.monotonic.advance(ServerKeys.PAUSE);
    assertThat(verify(NEW)).isEqualTo("active");
  }

  @Test
  void theOldKeysAreUsedIfTheServerHangsAfterALongPause() {
    log.announce("fetch failed, using the old ones");
    verify(OLD);
    keysAreDown();
    fixture.monotonic.advance(KnownKeys.IDLE);

    assertThat(verify(OLD)).isEqualTo("active");
    assertThat(verifyNow(OLD)).isEqualTo("active");
  }

  @Test
  void theStateTellsWhatIsKnown() {
    log.announce("fetch failed, using the old ones");
    assertThat(fixture.keys.state())
        .isEqualTo(new ServerKeys.State(List.of(), List.of(), null, null));

    assertThat(fixture.keys.resolve(Deadline.in(Duration.ofSeconds(30))))
        .isInstanceOf(Attempt.Succeeded.class);

    assertThat(fixture.keys.state())
        .returns(List.of("old"), ServerKeys.State::keyIds)
        .returns(List.of(SignatureAlgorithm.ES256), ServerKeys.State::algorithms)
        .returns(fixture.monotonic.instant(), ServerKeys.State::fetchedAt)
        .returns(null, ServerKeys.State::failure);
    keysAreDown();
    verify(UNKNOWN);
    assertThat(fixture.keys.state().failure()).isNotNull();
    assertThat(fixture.keys.state().keyIds()).containsExactly("old");
  }

  @Test
  void aForgottenFailureIsTriedAgainAtOnce() {
    keysAreDown();
    assertThat(verify(OLD)).isEqualTo("as_keys");
    fixture.publish(OLD);

    fixture.keys.forgetFailure();

    assertThat(verify(OLD)).isEqualTo("active");
  }

  @Test
  void theLogNamesTheKeysOnlyWhenTheyChange() {
    verify(OLD);
    fixture.as.at(
        "/jwks",
        json(
            200,
            JwtSigner.jwksOf(
                OLD.jwk(),
                "{\"kty\":\"RSA\",\"kid\":\"e\",\"use\":\"enc\",\"alg\":\"RSA-OAEP\"}")));
    fixture.monotonic.advance(ServerKeys.PAUSE);
    verify(UNKNOWN);
    fixture.monotonic.advance(ServerKeys.PAUSE);
    verify(UNKNOWN);

    assertThat(log.messages("INFO").stream().filter(line -> line.contains("keys of")))
        .containsExactly(
            "INFO keys of the authorization server: using [old], ignoring []",
            "INFO keys of the authorization server: using [old],"
                + " ignoring [e: its use is not sig]");
  }
}
