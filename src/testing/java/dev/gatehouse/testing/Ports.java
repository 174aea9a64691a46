package dev.gatehouse.testing;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullMarked;

/** Ports of this machine that a server takes a second time. */
@NullMarked
public final class Ports {

  private Ports() {}

  /** Binds something to an address. */
  @FunctionalInterface
  public interface Binding<T> {
    T at(InetSocketAddress address) throws IOException;
  }

  /**
   * Binds to this port of the loopback address; 0 is any port. One that was given up a moment ago
   * may be taken by a connection of another process in between, so this waits until it is free.
   */
  public static <T> T bind(int port, Binding<T> binding) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    AtomicReference<T> bound = new AtomicReference<>();
    Await.until(
        "port " + port + " is free",
        () -> {
          try {
            bound.set(binding.at(address));
            return true;
          } catch (IOException e) {
            if (e instanceof BindException || e.getCause() instanceof BindException) {
              return false;
            }
            throw e;
          }
        });
    return Objects.requireNonNull(bound.get());
  }
}
