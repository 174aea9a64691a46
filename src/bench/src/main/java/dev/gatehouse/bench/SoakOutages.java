package dev.gatehouse.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * An authorization server on a fixed port that is killed and restarted, or suspended for a while.
 */
final class SoakOutages implements AutoCloseable {

  private static final long UP_MILLIS = 5000;
  private static final long DOWN_MILLIS = 2500;
  private static final int MAX_ATTEMPTS = 20;

  private Stub stub = Stub.start();
  private final int port = stub.port();
  private long introspections;
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

  /** The number of introspections, except those between the last count and a kill. */
  long introspections() throws IOException {
    return introspections + stub.counts().introspections();
  }

  /** Alternates between a closed port and a server that accepts connections but never responds. */
  void runUntil(long endNanos) throws IOException, InterruptedException {
    while (remainingMillis(endNanos) > UP_MILLIS + DOWN_MILLIS) {
      TimeUnit.MILLISECONDS.sleep(UP_MILLIS);
      if (kills <= hangs) {
        kill();
      } else {
        hang();
      }
      Progress.dot();
    }
  }

  private static long remainingMillis(long endNanos) {
    return TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
  }

  private void kill() throws IOException, InterruptedException {
    introspections += stub.counts().introspections();
    stub.kill();
    kills++;
    TimeUnit.MILLISECONDS.sleep(DOWN_MILLIS);
    stub = restart();
  }

  /** Retries, because the port may be in use for a moment. */
  private Stub restart() throws IOException, InterruptedException {
    for (int i = 1; ; i++) {
      try {
        return Stub.startAt(port);
      } catch (IOException e) {
        if (i == MAX_ATTEMPTS) {
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
