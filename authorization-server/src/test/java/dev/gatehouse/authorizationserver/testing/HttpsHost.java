package dev.gatehouse.authorizationserver.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** An https server on loopback with a certificate of its own, and the trust in it. */
public final class HttpsHost implements AutoCloseable {
  public static final String PASSWORD = "changeit";

  /** By directory: reading the keys takes a while, because a password protects them. */
  private static final Map<Path, SSLContext> CONTEXTS = new ConcurrentHashMap<>();

  private final HttpsServer server;
  private final SSLContext context;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile HttpHandler handler = exchange -> answer(exchange, 404, "text/plain", "");

  /** The directory keeps the keys: making them takes a second, and once is enough. */
  public HttpsHost(Path directory)
      throws IOException, GeneralSecurityException, InterruptedException {
    this.context = context(directory);
    this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          handler.handle(exchange);
        });
    server.setExecutor(threads);
    server.start();
  }

  private static SSLContext context(Path directory)
      throws IOException, GeneralSecurityException, InterruptedException {
    SSLContext known = CONTEXTS.get(directory);
    if (known != null) {
      return known;
    }
    SSLContext created = context(keys(directory));
    CONTEXTS.put(directory, created);
    return created;
  }

  /** The keys in a directory, which are made when there are none. */
  public static KeyStore keys(Path directory)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path file = directory.resolve("keys.p12");
    if (!Files.exists(file)) {
      make(file);
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static void make(Path file) throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "host",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=ip:127.0.0.1,dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS)) { // its few lines fit into the pipe
      keytool.destroyForcibly();
      throw new IOException("keytool does not end");
    }
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    if (keytool.exitValue() != 0) {
      throw new IOException(output);
    }
  }

  private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  public String url(String path) {
    return "https://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  public SSLSocketFactory trust() {
    return context.getSocketFactory();
  }

  /** A TLS socket with the same certificate, for responses that are not HTTP. */
  public ServerSocket listen() throws IOException {
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  public int requests() {
    return requests.get();
  }

  public void serve(HttpHandler next) {
    this.handler = next;
  }

  public void serveJson(String body) {
    serve(exchange -> answer(exchange, 200, "application/json", body));
  }

  public static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
