package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.authorizationserver.AuthorizationServer;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.ManyThreads;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every store of signing keys promises, by itself and behind servers. */
abstract class SigningKeyContract {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.123Z");

  private final TurnedClock clock = new TurnedClock();

  abstract List<SigningKeyStore> nodes();

  private SigningKeyStore one() {
    return nodes().get(0);
  }

  private SigningKeyStore two() {
    return nodes().get(1);
  }

  @AfterEach
  void deleteAll() {
    one().load().forEach(key -> one().delete(key.number()));
  }

  @Test
  void aKeyIsFoundAsItWasAddedInTheOrderOfTheNumbers() throws JOSEException {
    SigningKey ec = key(2);
    SigningKey rsa =
        new SigningKey(
            10,
            new RSAKeyGenerator(2048).keyID("ä").algorithm(JWSAlgorithm.RS256).generate(),
            NOW,
            NOW);
    assertThat(one().add(rsa)).isTrue();
    assertThat(one().add(ec)).isTrue();

    assertThat(two().load()).containsExactly(ec, rsa);
  }

  @Test
  void aNumberIsUsedOnce() {
    SigningKey first = key(1);
    assertThat(one().add(first)).isTrue();
    assertThat(two().add(key(1))).isFalse();
    assertThat(one().load()).containsExactly(first);
  }

  @Test
  void aDeletedKeyIsGoneAndOthersStay() {
    SigningKey second = key(2);
    one().add(key(1));
    one().add(second);
    two().delete(1);
    two().delete(7);

    assertThat(one().load()).containsExactly(second);
  }

  @Test
  void nodesThatRotateAtOnceAddOneKeyAndSignWithTheSame() throws ParseException {
    List<TestServer> servers = new ArrayList<>();
    List<AuthorizationServer> started = new ArrayList<>();
    for (SigningKeyStore keys : nodes()) {
      servers.add(
          TestServer.start(
              (origin, context) -> {
                AuthorizationServer server =
                    Demo.server(origin)
                        .clock(clock)
                        .jwtAccessTokens(true)
                        .signingKeyStore(keys)
                        .build();
                server.register(context);
                started.add(server);
              }));
    }
    try (TestServer first = servers.get(0);
        TestServer second = servers.get(1)) {
      // The first key is contended as well.
      assertThat(signers(servers)).hasSize(1);
      ManyThreads.atOnce(
          i ->
              (Callable<String>)
                  () -> {
                    started.get(i % 2).rotateSigningKey();
                    return "rotated";
                  });
      assertThat(one().load()).hasSize(2);

      clock.turn(Duration.ofMinutes(10));
      assertThat(signers(servers)).containsExactly(one().load().get(1).id());
      assertThat(first.get("/oauth/jwks").body()).isEqualTo(second.get("/oauth/jwks").body());
    }
  }

  /** The different {@code kid}s of tokens that are requested at once. */
  private static List<String> signers(List<TestServer> servers) {
    return ManyThreads.atOnce(
            i -> () -> SignedJWT.parse(Demo.token(servers.get(i % 2))).getHeader().getKeyID())
        .stream()
        .distinct()
        .toList();
  }

  private static SigningKey key(long number) {
    try {
      return new SigningKey(
          number,
          new ECKeyGenerator(Curve.P_256)
              .keyIDFromThumbprint(true)
              .algorithm(JWSAlgorithm.ES256)
              .generate(),
          NOW,
          NOW.plusSeconds(600));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }
}
