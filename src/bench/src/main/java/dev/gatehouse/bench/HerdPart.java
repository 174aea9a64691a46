package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A thousand requests at once with one token that nobody has seen. */
final class HerdPart {

  private static final int REQUESTS = 1_000;

  /** Long enough for all of them to have arrived before the answer. */
  private static final long DELAY_MICROS = 200_000;

  private static final long GIVE_UP_NANOS = 20_000_000_000L;

  /** Among the numbers of measurements, far from those of the others. */
  private static final int FIRST_HERD = 500_000;

  private final Plan plan;
  private final Stub stub;
  private int herds;

  HerdPart(Plan plan, Stub stub) {
    this.plan = plan;
    this.stub = stub;
  }

  /** One herd: how often the server asked, how many had no 200, and when the last was answered. */
  private record Outcome(long asked, long errors, double millisAfterAnswer) {}

  void run(Table table, String where, Map<Variant, Child> servers) throws IOException {
    Table.Row asked = new Table.Row("introspections, the most of all rounds");
    Table.Row errors = new Table.Row("errors, of all rounds");
    Table.Row after = new Table.Row("last response after the last introspection answer, ms");
    for (Variant variant : Variant.values()) {
      Child server = servers.get(variant);
      if (variant.asks() && server != null) {
        List<Outcome> outcomes = herds(server.port());
        double most = outcomes.stream().mapToDouble(Outcome::asked).max().orElse(0);
        Spread millis =
            Spread.of(outcomes.stream().mapToDouble(Outcome::millisAfterAnswer).toArray());
        asked.with(variant, "%.0f".formatted(most));
        errors.with(variant, Long.toString(outcomes.stream().mapToLong(Outcome::errors).sum()));
        after.with(variant, millis.text("%.1f"));
        if (variant == Variant.GATEHOUSE) {
          asked.goal(Goal.atMost(1, ""), most);
          after.goal(Goal.atMost(25, " ms"), millis.median());
        }
      }
    }
    table.part(where + ": 1,000 requests at once, one new token");
    table.row(asked);
    table.row(errors);
    table.row(after);
  }

  private List<Outcome> herds(int port) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    herd(port);
    herd(port);
    for (int i = 0; i < plan.rounds(); i++) {
      outcomes.add(herd(port));
    }
    Progress.dot();
    return outcomes;
  }

  private Outcome herd(int port) throws IOException {
    try (Selector selector = Selector.open()) {
      List<ClientConnection> connections = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        connections.add(ClientConnection.open(port, selector));
      }
      // Each connection is used once before, so that none is still being accepted.
      stub.delay(0);
      send(connections, port, LoadCase.HOT.tokensOf(0));
      receiveAll(selector);
      stub.delay(DELAY_MICROS);
      send(connections, port, LoadCase.NEW_FAR.tokensOf(FIRST_HERD + herds++));
      long errors = receiveAll(selector);
      long last = System.nanoTime();
      Stub.Counts counts = stub.counts();
      for (ClientConnection connection : connections) {
        connection.close();
      }
      return new Outcome(counts.asked(), errors, (last - counts.lastAnswerNanos()) / 1e6);
    }
  }

  private static void send(List<ClientConnection> connections, int port, LoadCase.TokenRange tokens)
      throws IOException {
    byte[] request = Requests.pings(port, tokens).text(0).getBytes(US_ASCII);
    for (ClientConnection connection : connections) {
      try {
        connection.send(request);
      } catch (IOException e) {
        connection.close(); // counted as an error by whoever waits for the answer
      }
    }
  }

  /**
   * Waits for an answer on each connection.
   *
   * @return how many were not 200, or did not come
   */
  private static long receiveAll(Selector selector) throws IOException {
    long deadline = System.nanoTime() + GIVE_UP_NANOS;
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
