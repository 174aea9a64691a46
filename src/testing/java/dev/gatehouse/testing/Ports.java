package dev.gatehouse.testing;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullMarked;

/** Binds servers to loopback ports, including ports that were used before. */
@NullMarked
public final class Ports {

  private Ports() {}

  /** Creates something that is bound to an address. */
  @FunctionalInterface
  public interface Binding<T> {
    T at(InetSocketAddress address) throws IOException;
  }

  /**
   * Binds to a port of the loopback address; 0 means any free port. Waits until the port is free,
   * because another process may use a port that was released a moment ago.
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
