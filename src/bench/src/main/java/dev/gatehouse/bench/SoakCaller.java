package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** A caller that sends a mix of requests on one connection, one at a time. */
final class SoakCaller {

  private static final int KNOWN_TOKENS = 200;
  private static final long REVOKED_AFTER_MILLIS = 3000;
  private static final long TIMEOUT_MILLIS = 30_000;

  private final int port;
  private final SoakCounts counts;
  private final int number;
  private final SplittableRandom random;
  private SoakToken revoked;

  SoakCaller(int port, SoakCounts counts, int number) {
    this.port = port;
    this.counts = counts;
    this.number = number;
    this.random = new SplittableRandom(number);
    this.revoked = nextRevokedToken();
  }

  /** Sends requests while the condition holds. */
  void run(BooleanSupplier running) throws IOException {
    try (Selector selector = Selector.open();
        ClientConnection connection = ClientConnection.open(port, selector)) {
      while (running.getAsBoolean()) {
        SoakToken token = next();
        long sent = System.currentTimeMillis();
        int status = exchange(connection, selector, token);
        counts.add(token.kind(), token.assess(status, sent, System.currentTimeMillis()), status);
      }
    }
  }

  private SoakToken next() {
    int percent = random.nextInt(100);
    if (percent < 50) {
      return SoakToken.known(random.nextInt(KNOWN_TOKENS));
    }
    if (percent < 70) {
      return SoakToken.newValid();
    }
    if (percent < 85) {
      return SoakToken.invalid();
    }
    if (percent < 90) {
      return SoakToken.none();
    }
    // Use the token for a while after it must be refused.
    if (System.currentTimeMillis() > revoked.refusedFrom() + REVOKED_AFTER_MILLIS) {
      revoked = nextRevokedToken();
    }
    return revoked;
  }

  private SoakToken nextRevokedToken() {
    return SoakToken.revokedAt(System.currentTimeMillis() + REVOKED_AFTER_MILLIS, number);
  }

  private int exchange(ClientConnection connection, Selector selector, SoakToken token)
      throws IOException {
    connection.send(request(token).getBytes(US_ASCII));
    long deadline = System.currentTimeMillis() + TIMEOUT_MILLIS;
    for (int status = 0; ; status = connection.receive()) {
      if (status != 0) {
        return status;
      }
      if (System.currentTimeMillis() > deadline) {
        throw new IOException("no response within " + TIMEOUT_MILLIS + " ms");
      }
      selector.select(100);
      selector.selectedKeys().clear();
    }
  }

  private String request(SoakToken token) {
    String authorization =
        token.text() == null ? "" : "Authorization: Bearer " + token.text() + "\r\n";
    return "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:"
        + port
        + "\r\n"
        + authorization
        + "Content-Type: application/json\r\nContent-Length: "
        + JsonServlet.PING.length()
        + "\r\n\r\n"
        + JsonServlet.PING;
  }
}
