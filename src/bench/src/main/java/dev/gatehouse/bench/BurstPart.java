package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A thousand requests at once with the same new token. */
final class BurstPart {

  private static final int REQUESTS = 1_000;

  /** Long enough for all requests to arrive before the introspection response. */
  private static final long DELAY_MICROS = 200_000;

  private static final long TIMEOUT_NANOS = 20_000_000_000L;

  /** The first measurement number, far from those of other parts, so that all tokens are new. */
  private static final int FIRST_BURST = 500_000;

  private final Plan plan;
  private final Stub stub;
  private int bursts;

  BurstPart(Plan plan, Stub stub) {
    this.plan = plan;
    this.stub = stub;
  }

  /** One burst: introspections, responses other than 200, and the time of the last response. */
  private record Outcome(long introspections, long errors, double millisAfterIntrospection) {}

  void run(Table table, String where, Map<Variant, Child> servers) throws IOException {
    Table.Row introspections = new Table.Row("introspections, maximum of all rounds");
    Table.Row errors = new Table.Row("errors in all rounds");
    Table.Row after = new Table.Row("last response after the introspection response, ms");
    for (Variant variant : Variant.values()) {
      Child server = servers.get(variant);
      if (variant.introspects() && server != null) {
        List<Outcome> outcomes = bursts(server.port());
        double most = outcomes.stream().mapToDouble(Outcome::introspections).max().orElse(0);
        Spread millis =
            Spread.of(outcomes.stream().mapToDouble(Outcome::millisAfterIntrospection).toArray());
        introspections.with(variant, "%.0f".formatted(most));
        errors.with(variant, Long.toString(outcomes.stream().mapToLong(Outcome::errors).sum()));
        after.with(variant, millis.text("%.1f"));
        if (variant == Variant.GATEHOUSE) {
          introspections.goal(Goal.atMost(1, ""), most);
          after.goal(Goal.atMost(25, " ms"), millis.median());
        }
      }
    }
    table.part(where + ": 1,000 requests at once, one new token");
    table.row(introspections);
    table.row(errors);
    table.row(after);
  }

  private List<Outcome> bursts(int port) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    burst(port);
    burst(port);
    for (int i = 0; i < plan.rounds(); i++) {
      outcomes.add(burst(port));
    }
    Progress.dot();
    return outcomes;
  }

  private Outcome burst(int port) throws IOException {
    try (Selector selector = Selector.open()) {
      List<ClientConnection> connections = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        connections.add(ClientConnection.open(port, selector));
      }
      // Use each connection once before, so that the server has accepted all of them.
      stub.delay(0);
      send(connections, port, LoadCase.HOT.tokensOf(0));
      receiveAll(selector);
      stub.delay(DELAY_MICROS);
      send(connections, port, LoadCase.NEW_FAR.tokensOf(FIRST_BURST + bursts++));
      long errors = receiveAll(selector);
      long last = System.nanoTime();
      Stub.Counts counts = stub.counts();
      for (ClientConnection connection : connections) {
        connection.close();
      }
      return new Outcome(
          counts.introspections(), errors, (last - counts.lastResponseNanos()) / 1e6);
    }
  }

  private static void send(List<ClientConnection> connections, int port, LoadCase.TokenRange tokens)
      throws IOException {
    byte[] request = Requests.pings(port, tokens).text(0).getBytes(US_ASCII);
    for (ClientConnection connection : connections) {
      try {
        connection.send(request);
      } catch (IOException e) {
        connection.close(); // receiveAll counts it as an error
      }
    }
  }

  /**
   * Waits for a response on each connection.
   *
   * @return the number of missing responses and of responses other than 200
   */
  private static long receiveAll(Selector selector) throws IOException {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    long open = selector.keys().stream().filter(SelectionKey::isValid).count();
    long errors = REQUESTS - open;
    while (open > 0 && System.nanoTime() < deadline) {
      selector.select(100);
      for (SelectionKey key : selector.selectedKeys()) {
        int status = receive(key);
        if (status != 0) {
          open--;
          errors += status == 200 ? 0 : 1;
        }
      }
      selector.selectedKeys().clear();
    }
    return errors + open;
  }

  private static int receive(SelectionKey key) throws IOException {
    ClientConnection connection = (ClientConnection) key.attachment();
    try {
      return connection.receive();
    } catch (IOException e) {
      connection.close();
      return 599;
    }
  }
}
