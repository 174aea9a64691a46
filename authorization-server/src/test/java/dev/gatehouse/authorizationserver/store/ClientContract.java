package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.gatehouse.authorizationserver.store.StoreContract.Node;
import dev.gatehouse.authorizationserver.testing.ManyThreads;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every registry promises about clients that register themselves. */
abstract class ClientContract {
  private static final Duration DAY = Duration.ofDays(1);

  private final TurnedClock clock = new TurnedClock();

  abstract List<Node> nodes();

  private MutableClientRegistry clients() {
    return nodes().get(0).clients();
  }

  @Test
  void aClientIsFoundAsItWasAdded() throws JOSEException {
    String jwks =
        new JWKSet(
                new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate().toPublicJWK())
            .toString();
    RegisteredClient secret =
        RegisteredClient.builder(OpaqueToken.random().value())
            .name("An application")
            .secret("hush")
            .authMethods("client_secret_post")
            .grantTypes("authorization_code", "refresh_token")
            .scopes("a", "b")
            .redirectUris("https://app.example.com/cb", "app:/cb")
            .selfRegistered(true)
            .dpopBoundAccessTokens(true)
            .build();
    RegisteredClient keys =
        RegisteredClient.builder(OpaqueToken.random().value()).jwks(jwks).build();
    MutableClientRegistry clients = nodes().get(0).clients();
    clients.add(secret, clock.instant());
    clients.add(keys, clock.instant());
    RegisteredClient address =
        RegisteredClient.builder(OpaqueToken.random().value())
            .jwksUri("https://app.example.com/" + "x".repeat(976))
            .certificateBoundAccessTokens(true)
            .build();
    clients.add(address, clock.instant());

    RegisteredClient found = nodes().get(1).clients().find(secret.id()).orElseThrow();
    assertThat(found).usingRecursiveComparison().isEqualTo(secret);
    assertThat(found.hasSecret("hush")).isTrue();
    assertThat(nodes().get(1).clients().find(keys.id()).orElseThrow().jwks()).contains(jwks);
    assertThat(nodes().get(1).clients().find(address.id()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(address);
    assertThat(clients.find("client")).isPresent();
    assertThat(clients.find("unknown")).isEmpty();
    for (String any :
        List.of("", "unknown\u0000", "\ud83d", "'; DROP TABLE x", "x".repeat(100_000))) {
      assertThat(clients.find(any)).isEmpty();
    }
  }

  @Test
  void anUnusedClientIsSwept() {
    String neverUsed = register();
    String used = register();
    clients().recordUse(used, clock.instant());
    clients().recordUse("unknown", clock.instant());
    Instant then = clock.instant();

    // A sweep deletes what was registered or used before the instant, not at it.
    clients().sweep(then, then);
    assertThat(isKnown(neverUsed)).isTrue();
    assertThat(isKnown(used)).isTrue();

    assertThat(clients().sweep(then.plusSeconds(1), then)).isPositive();
    assertThat(isKnown(neverUsed)).isFalse();
    assertThat(isKnown(used)).isTrue();

    assertThat(clients().sweep(then, then.plusSeconds(1))).isPositive();
    assertThat(isKnown(used)).isFalse();
  }

  @Test
  void aClientThatIsUsedAgainIsKeptLonger() {
    String client = register();
    clients().recordUse(client, clock.instant());
    clock.turn(DAY);
    nodes().get(1).clients().recordUse(client, clock.instant());

    clients().sweep(clock.instant(), clock.instant());

    assertThat(isKnown(client)).isTrue();
  }

  @Test
  void configuredClientsAreNeverSwept() {
    clients().recordUse("client", clock.instant());
    clients().sweep(clock.instant().plus(DAY), clock.instant().plus(DAY));

    assertThat(isKnown("client")).isTrue();
  }

  @Test // RFC 7591 §5: endless registrations must not displace clients that are used
  void clientsThatWereNeverUsedAreBoundedAndTheNewestStay() {
    String used = register();
    clients().recordUse(used, clock.instant());
    List<String> neverUsed = new ArrayList<>();
    for (int i = 0; i < MutableClientRegistry.MAX_UNUSED_CLIENTS + 2; i++) {
      clock.turn(Duration.ofMillis(1));
      neverUsed.add(register());
    }

    clients().sweep(Instant.EPOCH, Instant.EPOCH);

    assertThat(isKnown(used)).isTrue();
    assertThat(neverUsed.stream().filter(this::isKnown))
        .hasSize(MutableClientRegistry.MAX_UNUSED_CLIENTS)
        .doesNotContain(neverUsed.get(0), neverUsed.get(1));
    clients().sweep(clock.instant().plusSeconds(1), Instant.EPOCH);
  }

  @Test // the sweep tells them apart only by their use
  void aUsedClientIsNotSweptByTheAgeOfItsRegistration() {
    String used = register();
    clock.turn(DAY);
    clients().recordUse(used, clock.instant());

    clients().sweep(clock.instant(), clock.instant());
    assertThat(isKnown(used)).isTrue();

    assertThat(clients().sweep(Instant.EPOCH, clock.instant().plusNanos(1_000))).isEqualTo(1);
    assertThat(isKnown(used)).isFalse();
  }

  @Test
  void aSweepCountsTheClientsThatItDeletes() {
    for (int i = 0; i < 3; i++) {
      register();
    }
    Instant later = clock.instant().plus(DAY);

    assertThat(clients().sweep(later, Instant.EPOCH)).isEqualTo(3);
    assertThat(clients().sweep(later, Instant.EPOCH)).isZero();
  }

  @Test
  void aConfiguredClientHidesAnAddedOneOfTheSameId() {
    RegisteredClient impostor = RegisteredClient.builder("client").name("impostor").build();
    clients().add(impostor, clock.instant());

    assertThat(clients().find("client").orElseThrow().name()).isEqualTo("client");
    assertThat(clients().find("client").orElseThrow().hasSecret("client-secret")).isTrue();
    clients().sweep(clock.instant().plus(DAY), clock.instant().plus(DAY));
  }

  @Test // names and redirect URIs come from anyone
  void unusualTextIsKeptAsItIs() {
    String name = "\ud83d\ude00 'quoted\" <b>\\ ${x} %s é".repeat(3);
    RegisteredClient client =
        RegisteredClient.builder(OpaqueToken.random().value())
            .name(name)
            .redirectUris("app:/cb?x='--&y=%00", "https://app.example.com/" + "x".repeat(1_900))
            .selfRegistered(true)
            .build();
    clients().add(client, clock.instant());

    assertThat(nodes().get(1).clients().find(client.id()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(client);
  }

  @Test
  void clientsThatRegisterAtOnceAreAllFound() {
    List<String> ids = ManyThreads.atOnce(i -> this::register);

    assertThat(ids).allMatch(this::isKnown).doesNotHaveDuplicates();
  }

  private String register() {
    String id = OpaqueToken.random().value();
    clients()
        .add(
            RegisteredClient.builder(id)
                .grantTypes("authorization_code")
                .redirectUris("https://app.example.com/cb")
                .selfRegistered(true)
                .build(),
            clock.instant());
    return id;
  }

  private boolean isKnown(String client) {
    return nodes().get(1).clients().find(client).isPresent();
  }
}
