package dev.gatehouse.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** An authorization server on one port that is killed and started again, or stopped for a while. */
final class SoakOutages implements AutoCloseable {

  private static final long UP_MILLIS = 5000;
  private static final long DOWN_MILLIS = 2500;
  private static final int TRIES = 20;

  private Stub stub = Stub.start();
  private final int port = stub.port();
  private long asked;
  private int kills;
  private int hangs;

  SoakOutages() throws IOException {}

  int port() {
    return port;
  }

  int kills() {
    return kills;
  }

  int hangs() {
    return hangs;
  }

  /** What it has been asked, but for what came between the last count and a kill. */
  long asked() throws IOException {
    return asked + stub.counts().asked();
  }

  /** By turns: connections reset and nobody at the port; connections taken and no answer. */
  void causeUntil(long endNanos) throws IOException, InterruptedException {
    while (left(endNanos) > UP_MILLIS + DOWN_MILLIS) {
      TimeUnit.MILLISECONDS.sleep(UP_MILLIS);
      if (kills <= hangs) {
        kill();
      } else {
        hang();
      }
      Progress.dot();
    }
  }

  private static long left(long endNanos) {
    return TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
  }

  private void kill() throws IOException, InterruptedException {
    asked += stub.counts().asked();
    stub.kill();
    kills++;
    TimeUnit.MILLISECONDS.sleep(DOWN_MILLIS);
    stub = again();
  }

  /** Somebody may have the port for a moment. */
  private Stub again() throws IOException, InterruptedException {
    for (int i = 1; ; i++) {
      try {
        return Stub.startAt(port);
      } catch (IOException e) {
        if (i == TRIES) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private void hang() throws IOException, InterruptedException {
    stub.signal("STOP");
    hangs++;
    TimeUnit.MILLISECONDS.sleep(DOWN_MILLIS);
    stub.signal("CONT");
  }

  @Override
  public void close() {
    stub.close();
  }
}
