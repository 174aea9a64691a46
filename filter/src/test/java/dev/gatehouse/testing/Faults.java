package dev.gatehouse.testing;

import dev.gatehouse.testing.RawAuthorizationServer.Behaviour;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Wrong behaviours of a server at its socket. */
public final class Faults {

  private static final CountDownLatch NEVER = new CountDownLatch(1);

  private Faults() {}

  /** Writes this text, then does what {@code next} does. */
  public static Behaviour then(String text, Behaviour next) {
    return socket -> {
      RawAuthorizationServer.text(text).respond(socket);
      next.respond(socket);
    };
  }

  /** Sends nothing more and keeps the connection open. */
  public static void hang(Socket socket) throws InterruptedException {
    NEVER.await();
  }

  /** Resets the connection (TCP RST). */
  public static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
  }

  /** Sends one byte every 50 ms, so that no single read times out. */
  public static void trickle(Socket socket) throws IOException, InterruptedException {
    do {
      socket.getOutputStream().write(' ');
      socket.getOutputStream().flush();
    } while (!NEVER.await(50, TimeUnit.MILLISECONDS));
  }

  /** Repeats this text until the filter closes the connection. */
  public static Behaviour endless(String piece) {
    byte[] bytes = piece.repeat(1000).getBytes(StandardCharsets.ISO_8859_1);
    return socket -> {
      OutputStream out = socket.getOutputStream();
      while (!Thread.currentThread().isInterrupted()) {
        out.write(bytes);
      }
    };
  }
}
