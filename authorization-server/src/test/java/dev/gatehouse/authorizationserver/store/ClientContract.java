package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.gatehouse.authorizationserver.store.StoreContract.Node;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every registry promises of clients that register themselves. */
abstract class ClientContract {
  private static final Duration DAY = Duration.ofDays(1);

  private final TurnedClock clock = new TurnedClock();

  abstract List<Node> nodes();

  private MutableClientRegistry clients() {
    return nodes().get(0).clients();
  }

  @Test
  void aClientComesBackAsItRegistered() throws JOSEException {
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
            .build();
    RegisteredClient keys =
        RegisteredClient.builder(OpaqueToken.random().value()).jwks(jwks).build();
    MutableClientRegistry clients = nodes().get(0).clients();
    clients.add(secret, clock.instant());
    clients.add(keys, clock.instant());

    RegisteredClient found = nodes().get(1).clients().find(secret.id()).orElseThrow();
    assertThat(found).usingRecursiveComparison().isEqualTo(secret);
    assertThat(found.hasSecret("hush")).isTrue();
    assertThat(nodes().get(1).clients().find(keys.id()).orElseThrow().jwks()).contains(jwks);
    assertThat(clients.find("client")).isPresent();
    assertThat(clients.find("nobody")).isEmpty();
    assertThat(clients.find("nobody\u0000")).isEmpty();
  }

  @Test
  void aClientThatNobodyUsesIsForgotten() {
    String neverUsed = register();
    String used = register();
    clients().recordUse(used, clock.instant());
    clients().recordUse("nobody", clock.instant());
    Instant then = clock.instant();

    // In the very instant it is still known.
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
  void aClientThatIsUsedAgainIsRememberedAnew() {
    String client = register();
    clients().recordUse(client, clock.instant());
    clock.turn(DAY);
    nodes().get(1).clients().recordUse(client, clock.instant());

    clients().sweep(clock.instant(), clock.instant());

    assertThat(isKnown(client)).isTrue();
  }

  @Test
  void clientsThatAreKnownFromTheStartAreNeverForgotten() {
    clients().recordUse("client", clock.instant());
    clients().sweep(clock.instant().plus(DAY), clock.instant().plus(DAY));

    assertThat(isKnown("client")).isTrue();
  }

  @Test // RFC 7591 §5: whoever registers without end must not crowd out those that are used
  void clientsThatNobodyHasUsedAreBoundedAndTheNewestStay() {
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
