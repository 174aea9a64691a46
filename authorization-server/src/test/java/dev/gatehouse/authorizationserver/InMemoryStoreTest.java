package dev.gatehouse.authorizationserver;

import java.util.List;

class InMemoryStoreTest extends StoreContract {
  private final Node node =
      new Node(
          new InMemoryTokenStore(),
          new InMemorySessionStore(),
          new InMemoryClientRegistry(Demo.clients()));

  @Override
  protected List<Node> nodes() {
    return List.of(node, node);
  }
}
