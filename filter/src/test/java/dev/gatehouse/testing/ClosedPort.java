package dev.gatehouse.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A reserved port on which no server listens; no other process can use it until its release. */
public final class ClosedPort implements AutoCloseable {

  private final Socket holder = new Socket();

  public ClosedPort() throws IOException {
    holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  public int number() {
    return holder.getLocalPort();
  }

  public String origin() {
    return "http://127.0.0.1:" + holder.getLocalPort();
  }

  /** Frees the port, so that a server can listen on it. */
  public void release() throws IOException {
    holder.close();
  }

  @Override
  public void close() throws IOException {
    release();
  }
}
