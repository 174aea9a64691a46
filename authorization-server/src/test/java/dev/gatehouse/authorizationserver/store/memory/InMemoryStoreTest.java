package dev.gatehouse.authorizationserver.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.StoreContract;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryStoreTest extends StoreContract {
  private final Node node =
      new Node(
          new InMemoryTokenStore(),
          new InMemorySessionStore(),
          new InMemoryClientRegistry(Demo.clients()),
          InMemoryRateLimit.factory(),
          new InMemorySigningKeyStore());

  @Override
  protected List<Node> nodes() {
    return List.of(node, node);
  }

  @Test
  void unusedClientsAreBoundedAtOnceAndNotOnlyByTheSweep() {
    InMemoryClientRegistry clients = new InMemoryClientRegistry(Demo.clients());
    TurnedClock clock = new TurnedClock();
    clients.add(RegisteredClient.builder("used").build(), clock.instant());
    clients.recordUse("used", clock.instant());
    for (int i = 0; i <= MutableClientRegistry.MAX_UNUSED_CLIENTS; i++) {
      clients.add(RegisteredClient.builder("client-" + i).build(), clock.instant());
    }

    assertThat(clients.find("client-0")).isEmpty();
    assertThat(clients.find("client-1")).isPresent();
    assertThat(clients.find("used")).isPresent();
    assertThat(clients.find("client")).isPresent();
  }
}
