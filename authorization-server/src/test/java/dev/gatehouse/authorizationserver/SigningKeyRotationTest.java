package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.authorizationserver.internal.keys.SigningKeys;
import dev.gatehouse.authorizationserver.internal.settings.SigningSettings;
import dev.gatehouse.authorizationserver.store.SigningAlgorithm;
import dev.gatehouse.authorizationserver.store.SigningKey;
import dev.gatehouse.authorizationserver.store.SigningKeyStore;
import dev.gatehouse.authorizationserver.store.StoreUnavailableException;
import dev.gatehouse.authorizationserver.store.memory.InMemorySigningKeyStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.testing.LogsWarning;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When signing keys are published, sign, and are withdrawn, over HTTP. */
class SigningKeyRotationTest {
  private static final Duration LEAD = Duration.ofMinutes(10);
  private static final Duration DAY = Duration.ofDays(1);

  private final TurnedClock clock = new TurnedClock();
  private final InMemorySigningKeyStore store = new InMemorySigningKeyStore();

  /** A node that shares the keys. */
  private Node node() {
    return node(store, SigningAlgorithm.ES256);
  }

  private Node node(SigningKeyStore keys, SigningAlgorithm algorithm) {
    AtomicReference<AuthorizationServer> started = new AtomicReference<>();
    TestServer http =
        TestServer.start(
            (origin, context) -> {
              AuthorizationServer server =
                  Demo.server(origin)
                      .clock(clock)
                      .jwtAccessTokens(true)
                      .signingKeyStore(keys)
                      .signingAlgorithm(algorithm)
                      .build();
              server.register(context);
              started.set(server);
            });
    return new Node(http, started.get());
  }

  private record Node(TestServer http, AuthorizationServer server) implements AutoCloseable {
    /** The {@code kid} of a new token. */
    String signer() throws ParseException {
      return SignedJWT.parse(Demo.token(http)).getHeader().getKeyID();
    }

    List<String> published() throws ParseException {
      return JWKSet.parse(http.get("/oauth/jwks").body()).getKeys().stream()
          .map(JWK::getKeyID)
          .toList();
    }

    @Override
    public void close() {
      http.close();
    }
  }

  @Test // nobody has an older copy of the key set
  void theFirstKeySignsAtOnce() throws ParseException {
    try (Node node = node()) {
      assertThat(node.published()).containsExactly(node.signer());
    }
  }

  @Test
  void copiesOfTheKeySetAreOlderThanANewKeyForHalfOfItsWaitAtMost() {
    try (Node node = node()) {
      assertThat(header(node.http().get("/oauth/jwks"), "Cache-Control"))
          .isEqualTo("public, max-age=300");
    }
  }

  @Test
  void aNewKeyIsPublishedTenMinutesBeforeItTakesOverAfterThirtyDays() throws ParseException {
    try (Node node = node()) {
      String first = node.signer();
      clock.turn(Duration.ofDays(30).minus(LEAD).minusMillis(1));
      assertThat(node.published()).containsExactly(first);

      clock.turn(Duration.ofMinutes(1));
      assertThat(node.signer()).isEqualTo(first);
      assertThat(node.published()).hasSize(2).startsWith(first);
      String second = node.published().get(1);

      clock.turn(LEAD.minusMillis(1));
      assertThat(node.signer()).isEqualTo(first);
      clock.turn(Duration.ofMillis(1));
      assertThat(node.signer()).isEqualTo(second);
      assertThat(node.published()).containsExactly(first, second);
    }
  }

  @Test // no token that is still valid becomes unverifiable
  void anOldKeyStaysPublishedAsLongAsAnyTokenOfItCanBeValid() throws ParseException {
    try (Node node = node()) {
      String first = node.signer();
      node.server().rotateSigningKey();
      clock.turn(LEAD.plus(DAY).plus(Duration.ofMinutes(1)));
      sweep(node);
      assertThat(node.published()).hasSize(2).startsWith(first);

      clock.turn(Duration.ofMillis(1));
      sweep(node);
      assertThat(node.published()).hasSize(1).doesNotContain(first).containsExactly(node.signer());
    }
  }

  /** What the sweeper does each minute. */
  private void sweep(Node node) {
    SigningKeys.of(
            new SigningSettings(true, SigningAlgorithm.ES256, Duration.ofDays(30), store, null),
            clock)
        .maintain();
    clock.turn(Duration.ofMinutes(1)); // by then, the node has read the keys again
    assertThat(node.http().get("/oauth/jwks").statusCode()).isEqualTo(200);
    clock.turn(Duration.ofMinutes(-1));
  }

  @Test
  void rotatingTwiceIsRotatingOnceUntilTheNewKeySigns() throws ParseException {
    try (Node one = node();
        Node two = node()) {
      String first = one.signer();
      one.server().rotateSigningKey();
      one.server().rotateSigningKey();
      two.server().rotateSigningKey();
      assertThat(one.published()).hasSize(2);

      clock.turn(LEAD);
      assertThat(one.signer()).isEqualTo(two.signer()).isNotEqualTo(first);
      two.server().rotateSigningKey();
      assertThat(two.published()).hasSize(3);
    }
  }

  @Test
  void anotherNodePublishesANewKeyAMinuteLaterAndSignsWithItAtTheSameTime() throws ParseException {
    try (Node one = node();
        Node two = node()) {
      assertThat(one.published()).isEqualTo(two.published());
      one.server().rotateSigningKey();
      clock.turn(Duration.ofMinutes(1));
      assertThat(two.published()).hasSize(2).isEqualTo(one.published());

      clock.turn(LEAD.minusMinutes(1));
      assertThat(two.signer()).isEqualTo(one.signer()).isEqualTo(one.published().get(1));
    }
  }

  @Test
  void afterARestartTheSameKeySigns() throws ParseException {
    String before;
    try (Node node = node()) {
      before = node.signer();
    }
    try (Node node = node()) {
      assertThat(node.signer()).isEqualTo(before);
      assertThat(node.published()).containsExactly(before);
    }
  }

  @Test
  void anotherAlgorithmTakesOverAfterARestart() throws ParseException {
    String before;
    try (Node node = node()) {
      before = node.signer();
    }
    try (Node node = node(store, SigningAlgorithm.RS256)) {
      assertThat(node.signer()).isEqualTo(before);
      assertThat(node.published()).hasSize(2);
      clock.turn(LEAD);
      SignedJWT jwt = SignedJWT.parse(Demo.token(node.http()));
      assertThat(jwt.getHeader().getAlgorithm().getName()).isEqualTo("RS256");
      assertThat(jwt.getHeader().getKeyID()).isEqualTo(node.published().get(1));
    }
  }

  @Test
  @LogsWarning({
    "the signing keys could not be read; the last known ones are in use",
    "the store is unavailable"
  })
  void whileTheStoreIsUnavailableTheKeysStayPublishedAndSignForFiveMinutes() throws ParseException {
    AtomicBoolean broken = new AtomicBoolean();
    SigningKeyStore fragile =
        new SigningKeyStore() {
          @Override
          public List<SigningKey> load() {
            check();
            return store.load();
          }

          @Override
          public boolean add(SigningKey key) {
            check();
            return store.add(key);
          }

          @Override
          public void delete(long number) {
            check();
            store.delete(number);
          }

          private void check() {
            if (broken.get()) {
              throw new StoreUnavailableException("scripted", new IllegalStateException());
            }
          }
        };
    try (Node node = node(fragile, SigningAlgorithm.ES256)) {
      String first = node.signer();
      broken.set(true);
      clock.turn(Duration.ofMinutes(5).minusNanos(1));
      assertThat(node.signer()).isEqualTo(first);
      assertThat(node.published()).containsExactly(first);

      // A key that another node has added since then could be the one that signs.
      clock.turn(Duration.ofNanos(1));
      assertThat(
              node.http()
                  .post(Demo.TOKEN, "client", "client-secret", Demo.FROM_CLIENT)
                  .statusCode())
          .isEqualTo(503);
      assertThat(node.published()).containsExactly(first);

      broken.set(false);
      clock.turn(Duration.ofSeconds(5));
      assertThat(node.signer()).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT59M59S", "PT-1H", "P3661D"})
  void aLifetimeThatIsTooShortOrTooLongIsRefused(Duration lifetime) {
    assertThatThrownBy(() -> Demo.server("https://host").signingKeyLifetime(lifetime).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("signingKeyLifetime: " + lifetime + " is not from an hour up to");
  }
}
