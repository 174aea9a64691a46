package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** One caller on one connection: sends a mix of requests, each when the one before is answered. */
final class SoakCaller {

  private static final int KNOWN_TOKENS = 200;
  private static final long REVOKED_AFTER_MILLIS = 3000;
  private static final long GIVE_UP_MILLIS = 30_000;

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
    this.revoked = nextToBeRevoked();
  }

  /** Sends until it is told to stop. */
  void run(BooleanSupplier goOn) throws IOException {
    try (Selector selector = Selector.open();
        ClientConnection connection = ClientConnection.open(port, selector)) {
      while (goOn.getAsBoolean()) {
        SoakToken token = next();
        long sent = System.currentTimeMillis();
        int status = exchange(connection, selector, token);
        counts.add(token.kind(), token.judge(status, sent, System.currentTimeMillis()), status);
      }
    }
  }

  private SoakToken next() {
    int dice = random.nextInt(100);
    if (dice < 50) {
      return SoakToken.known(random.nextInt(KNOWN_TOKENS));
    }
    if (dice < 70) {
      return SoakToken.newGood();
    }
    if (dice < 85) {
      return SoakToken.bad();
    }
    if (dice < 90) {
      return SoakToken.none();
    }
    // Used for as long again once it is certain that it must not pass.
    if (System.currentTimeMillis() > revoked.badFrom() + REVOKED_AFTER_MILLIS) {
      revoked = nextToBeRevoked();
    }
    return revoked;
  }

  private SoakToken nextToBeRevoked() {
    return SoakToken.revokedAt(System.currentTimeMillis() + REVOKED_AFTER_MILLIS, number);
  }

  private int exchange(ClientConnection connection, Selector selector, SoakToken token)
      throws IOException {
    connection.send(request(token).getBytes(US_ASCII));
    long giveUp = System.currentTimeMillis() + GIVE_UP_MILLIS;
    for (int status = 0; ; status = connection.receive()) {
      if (status != 0) {
        return status;
      }
      if (System.currentTimeMillis() > giveUp) {
        throw new IOException("no answer within " + GIVE_UP_MILLIS + " ms");
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
