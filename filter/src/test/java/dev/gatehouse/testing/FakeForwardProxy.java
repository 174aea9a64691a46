package dev.gatehouse.testing;

import dev.gatehouse.testing.RawAuthorizationServer.Behaviour;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A forward proxy on a real socket that leads invented names of servers to ports on loopback. It
 * opens tunnels, and forwards plain requests with {@code Content-Length}. Thread-safe.
 */
public final class FakeForwardProxy implements AutoCloseable {

  public static final String TUNNEL_OPEN = "HTTP/1.1 200 Connection established\r\n\r\n";

  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Integer> ports = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> clients = new CopyOnWriteArrayList<>();
  private final List<Socket> servers = new CopyOnWriteArrayList<>();
  private volatile @Nullable Behaviour behaviour;
  private volatile String tunnelOpen = TUNNEL_OPEN;
  private volatile String credentials = "";

  public FakeForwardProxy() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** Leads {@code host:port} to a port on loopback. */
  public FakeForwardProxy leads(String server, int port) {
    ports.put(server, port);
    return this;
  }

  /** From now on, responds with 407 to requests without this {@code Proxy-Authorization}. */
  public void require(String newCredentials) {
    credentials = newCredentials;
  }

  /** From now on, does this with each request instead of passing it on. */
  public void setBehaviour(Behaviour newBehaviour) {
    behaviour = newBehaviour;
  }

  /** From now on, responds like this to a CONNECT before it connects to the server. */
  public void setTunnelOpen(String response) {
    tunnelOpen = response;
  }

  public int port() {
    return listener.getLocalPort();
  }

  public String address() {
    return "http://127.0.0.1:" + port();
  }

  /** The raw requests received so far, without what passed through tunnels. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** The first lines of the requests received so far. */
  public List<String> requestLines() {
    return requests.stream().map(request -> request.lines().findFirst().orElse("")).toList();
  }

  /** The number of connections received so far. */
  public int connections() {
    return clients.size();
  }

  /** Closes all connections, as a restarted proxy does. */
  public void dropConnections() throws IOException {
    for (Socket each : clients) {
      each.close();
    }
    for (Socket each : servers) {
      each.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        clients.add(client);
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket accepted) {
    try (Socket client = accepted) {
      boolean open = true;
      while (open) {
        open = serveOne(client);
      }
    } catch (IOException e) {
      return; // the filter may close the connection at any time
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the connection stays open for another request. */
  private boolean serveOne(Socket client) throws IOException, InterruptedException {
    String request = RawAuthorizationServer.read(client.getInputStream());
    if (request.isEmpty()) {
      return false;
    }
    requests.add(request);
    Behaviour instead = behaviour;
    if (instead != null) {
      instead.respond(client);
      return false;
    }
    if (!credentials.isEmpty()
        && request.lines().noneMatch(("Proxy-Authorization: " + credentials)::equals)) {
      RawAuthorizationServer.text(
              "HTTP/1.1 407 X\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n")
          .respond(client);
      return true;
    }
    String target = request.split(" ", 3)[1];
    return request.startsWith("CONNECT ") ? tunnel(target, client) : forward(request, client);
  }

  private Socket connect(String server) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), ports.getOrDefault(server, 0));
  }

  private boolean tunnel(String server, Socket client) throws IOException, InterruptedException {
    try (Socket upstream = connect(server)) {
      servers.add(upstream);
      RawAuthorizationServer.text(tunnelOpen).respond(client);
      threads.execute(() -> copy(upstream, client));
      copy(client, upstream);
    }
    return false;
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      return; // either side may close at any time
    }
  }

  /**
   * Turns the absolute form into the origin form (RFC 9112 §3.2), and keeps its header to itself.
   */
  private boolean forward(String request, Socket client) throws IOException {
    String uri = request.split(" ", 3)[1];
    int path = uri.indexOf('/', "http://".length());
    String server = uri.substring("http://".length(), path);
    String forwarded =
        request
            .replaceFirst("http://[^/ ]+", "")
            .replaceFirst("(?im)^proxy-authorization: .*\r\n", "");
    try (Socket upstream = connect(server.contains(":") ? server : server + ":80")) {
      OutputStream out = upstream.getOutputStream();
      out.write(forwarded.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      InputStream in = upstream.getInputStream();
      String response = RawAuthorizationServer.read(in);
      client.getOutputStream().write(response.getBytes(StandardCharsets.ISO_8859_1));
      client.getOutputStream().flush();
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    dropConnections();
    threads.shutdownNow();
  }
}
