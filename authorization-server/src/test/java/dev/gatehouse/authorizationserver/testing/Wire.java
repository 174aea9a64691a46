package dev.gatehouse.authorizationserver.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A line to a server on this machine that can be cut and mended. */
public final class Wire implements AutoCloseable {
  private final int target;
  private final int port;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile CountDownLatch silence = new CountDownLatch(0);
  private ServerSocket listener;

  /** Begins whole. */
  public Wire(int target) throws IOException {
    this.target = target;
    this.listener = listen(0);
    this.port = listener.getLocalPort();
  }

  /** Gives the near end. */
  public int port() {
    return port;
  }

  private ServerSocket listen(int at) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at));
    threads.execute(() -> accept(socket));
    return socket;
  }

  private void accept(ServerSocket socket) {
    try {
      while (true) {
        Socket near = socket.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(near);
        open.add(far);
        threads.execute(() -> copy(near, far));
        threads.execute(() -> copy(far, near));
      }
    } catch (IOException e) {
      // Cut.
    }
  }

  private void copy(Socket from, Socket to) {
    try (from;
        to) {
      byte[] buffer = new byte[8 * 1024];
      for (int read = from.getInputStream().read(buffer);
          read >= 0;
          read = from.getInputStream().read(buffer)) {
        silence.await();
        to.getOutputStream().write(buffer, 0, read);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // Cut, or hung up.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  /** From now on nothing arrives any more, and nobody is told so. */
  public void fallSilent() {
    silence = new CountDownLatch(1);
  }

  /** Lets through what was held back. */
  public void speakAgain() {
    silence.countDown();
  }

  /** From now on nobody gets through, and who was through is thrown out. */
  public void cut() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets everybody through again, at the same port. */
  public void mend() {
    try {
      listener = listen(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    cut();
    threads.shutdownNow();
  }
}
